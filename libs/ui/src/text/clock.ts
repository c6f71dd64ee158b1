import type { Strings } from '../strings/en.ts';

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The latest moment a `Date` can hold, ms: one that a server made up beyond it is told as that, and throws nothing. */
const LAST_MOMENT = 8.64e15;
const held = (at: number): number => Math.min(LAST_MOMENT, Math.max(-LAST_MOMENT, at));

export const timeOf = (at: number): string => time.format(held(at));
export const fullTimeOf = (at: number): string => full.format(held(at));
export const isoOf = (at: number): string => new Date(held(at)).toISOString();

/** A day and a time, for lists. */
export const momentOf = (at: number): string => moment.format(held(at));

/** Days of the reader's own calendar, counted so that two moments of one day are equal. */
export const dayOf = (at: number): number => {
  const date = new Date(held(at));
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
};

export const dayLabel = (at: number, now: number, strings: Strings): string => {
  const ago = dayOf(now) - dayOf(at);
  if (ago === 0) return strings.messages.today;
  if (ago === 1) return strings.messages.yesterday;
  return new Date(held(at)).getFullYear() === new Date(now).getFullYear() ? day.format(held(at)) : dayOfYear.format(held(at));
};

/** When something ends: the time alone where it is today. */
export const endOf = (at: number, now: number): string => (dayOf(at) === dayOf(now) ? timeOf(at) : momentOf(at));
