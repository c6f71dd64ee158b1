import type { Strings } from '../strings/en.ts';

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

export const timeOf = (at: number): string => time.format(at);
export const fullTimeOf = (at: number): string => full.format(at);

/** Days of the reader's own calendar, counted so that two moments of one day are equal. */
export const dayOf = (at: number): number => {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
};

export const dayLabel = (at: number, now: number, strings: Strings): string => {
  const ago = dayOf(now) - dayOf(at);
  if (ago === 0) return strings.messages.today;
  if (ago === 1) return strings.messages.yesterday;
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayOfYear.format(at);
};
