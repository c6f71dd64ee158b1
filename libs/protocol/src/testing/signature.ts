import { z } from 'zod';
import { roleSchema, roomEventSchema, roomKindSchema } from '../events.ts';
import { wireErrorSchema } from '../errors.ts';
import { afterSchema, changeFields, cmidSchema, epochSchema, eventIdSchema, roomIdSchema, seqSchema, userIdSchema } from '../ids.ts';
import { auditEntrySchema, caseIdSchema, caseStatusSchema, caseViewSchema, contextMessageSchema, decisionSchema, recordSchema, reportCategorySchema, reportIdSchema, reportSchema, sanctionViewSchema } from '../moderation.ts';
import { ruleActionSchema, ruleSchema } from '../rules.ts';
import { activitySchema, presenceStatusSchema, presenceViewSchema } from '../presence.ts';
import { memberViewSchema, messageViewSchema, roomViewSchema, userViewSchema } from '../views.ts';

/** Schemas that the document speaks of by name. */
export const NAMED = {
  RoomId: roomIdSchema, UserId: userIdSchema, EventId: eventIdSchema, Cmid: cmidSchema, Seq: seqSchema, Epoch: epochSchema,
  Cursor: afterSchema, Role: roleSchema, RoomKind: roomKindSchema,
  Room: roomViewSchema, Message: messageViewSchema, Member: memberViewSchema, User: userViewSchema, Presence: presenceViewSchema, PresenceStatus: presenceStatusSchema, Activity: activitySchema, Event: roomEventSchema, Error: wireErrorSchema,
  Sanction: sanctionViewSchema, CaseId: caseIdSchema, ReportId: reportIdSchema, ReportCategory: reportCategorySchema, CaseStatus: caseStatusSchema, Decision: decisionSchema, Case: caseViewSchema, Report: reportSchema,
  ContextMessage: contextMessageSchema, AuditEntry: auditEntrySchema, Record: recordSchema,
  Rule: ruleSchema, RuleAction: ruleActionSchema,
} as const;

const NAME_OF = new Map<z.core.$ZodType, string>(Object.entries(NAMED).map(([name, schema]) => [schema, name]));

const range = (min: number | null | undefined, max: number | null | undefined): string => {
  const from = min == null || min <= Number.MIN_SAFE_INTEGER ? '' : `${min}`;
  const to = max == null || max >= Number.MAX_SAFE_INTEGER ? '' : `${max}`;
  return from || to ? `(${from}..${to})` : '';
};

type Bounds = { minimum?: number; maximum?: number };

const CHANGE = Object.entries(changeFields);

/** The bounds of a number as its checks say them: `positive()` is an exclusive 0. */
const numberRange = (schema: z.ZodNumber): string => {
  const exclusive = (schema.def.checks ?? []).some((check) => {
    const def = check._zod.def as { check: string; inclusive?: boolean };
    return def.check === 'greater_than' && def.inclusive === false;
  });
  const { minValue, maxValue } = schema;
  return range(minValue === null || minValue === -Infinity ? null : minValue + (exclusive ? 1 : 0), maxValue === Infinity ? null : maxValue);
};

/**
 * A schema as the document writes it, in one line: `{ name: string(1..80), limit?: integer(1..100) = 50, pair?: [UserId, UserId] }`.
 * `top` writes out what has a name instead of naming it. `...Change` are the fields of every command that changes a room.
 */
export const signature = (schema: z.core.$ZodType, top = false): string => {
  const name = NAME_OF.get(schema);
  if (name && !top) return name;
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Record<string, z.core.$ZodType>;
    const isChange = !top && CHANGE.every(([key, field]) => shape[key] === field);
    const fields = Object.entries(shape).filter(([key, field]) => !isChange || !CHANGE.some(([name, changed]) => name === key && changed === field)).map(([key, field]) => {
      if (field instanceof z.ZodOptional) return `${key}?: ${signature(field.unwrap())}`;
      if (field instanceof z.ZodDefault) return `${key}?: ${signature(field.unwrap())} = ${Array.isArray(field.def.defaultValue) ? JSON.stringify(field.def.defaultValue) : String(field.def.defaultValue)}`;
      return `${key}: ${signature(field)}`;
    });
    return `{ ${[...(isChange ? ['...Change'] : []), ...fields].join(', ')} }`;
  }
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => signature(option)).join(' | ');
  if (schema instanceof z.ZodArray) {
    const element = signature(schema.element);
    const bounds = (schema.def.checks ?? []).map((check) => check._zod.def as unknown as Bounds);
    return `${element.includes(' | ') ? `(${element})` : element}[]${range(bounds.find((each) => each.minimum !== undefined)?.minimum, bounds.find((each) => each.maximum !== undefined)?.maximum)}`;
  }
  if (schema instanceof z.ZodTuple) return `[${schema.def.items.map((item) => signature(item)).join(', ')}]`;
  if (schema instanceof z.ZodNullable) return `${signature(schema.unwrap())} | null`;
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `"${option}"`).join(' | ');
  if (schema instanceof z.ZodLiteral) return JSON.stringify(schema.value);
  if (schema instanceof z.ZodString) return `string${range(schema.minLength, schema.maxLength)}`;
  if (schema instanceof z.ZodNumber) {
    return `${schema.isInt ? 'integer' : 'number'}${numberRange(schema)}`;
  }
  if (schema instanceof z.ZodBoolean) return 'boolean';
  throw new TypeError(`the document has no way to write a ${schema._zod.def.type}`);
};
