import type { Focus, Sabotage } from './world.ts';

/** Sources under test: `appender/…` and `domain/…` stand for the `src` of these libraries. */
export type Edit = { file: string; find: string; replace: string };
/** One rule of the write path, taken out. */
export type Mutant = { rule: string; edits: Edit[]; sabotage?: Sabotage; /** Where it shows soonest. */ focus?: Focus };

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });
const APPENDER = 'appender/room-appender.ts';
const FOLLOWER = 'appender/room-follower.ts';
const PLAN = 'appender/plan.ts';
const ROWS = 'appender/rows.ts';
const STANDING = 'domain/standing.ts';
const CATCH_UP = 'appender/catch-up.ts';
const APPEND = 'const position = await log.append(ref, plan.entry, expected);';

export const MUTANTS: readonly Mutant[] = [
  {
    rule: 'a read begins with the entry at the cursor, and each entry has to be the next one',
    edits: [
      edit(CATCH_UP, 'if (first?.position !== position) throw', 'if (false) throw'),
      edit(CATCH_UP, 'cursor.confirm(first);', 'if (first?.position === position) cursor.confirm(first);'),
      edit('appender/log-cursor.ts', 'if (entry.prevId !== this.lastId || first.seq !== this.seq + 1) throw', 'if (false) throw'),
    ],
  },
  {
    // Either of the two keeps the other's absence from doing harm.
    rule: 'the log is named before the watermark is asked for, which is asked for again if there is none',
    edits: [
      edit(CATCH_UP, 'const logId = log.id;\n    const watermark = await store.seed(roomId);', 'const watermark = await store.seed(roomId);\n    const logId = log.id;'),
      edit(CATCH_UP, 'if (room.state === null && (await store.seed(roomId)) !== null) continue;', ''),
    ],
    focus: 'birth',
  },
  {
    rule: 'what is read and appended is of the log the room was folded from',
    edits: [
      edit(CATCH_UP, 'if (log.id !== cursor.logId) throw new Discontinuity(`the log is now ${log.id}`);\n    const { epoch', 'const { epoch'),
      edit(CATCH_UP, 'if (log.id !== cursor.logId) throw new Discontinuity(`the log is now ${log.id}`);\n    if (position', 'if (position'),
      edit(APPENDER, 'if (room !== this.follower.room || log.id !== room.cursor.logId) return;', ''),
      edit(FOLLOWER, 'if (!room || this.#deps.log.id !== room.cursor.logId) return true;', 'if (!room) return true;'),
    ],
  },
  { rule: 'a read shared was begun after it was asked for', edits: [edit(FOLLOWER, 'if (!this.#reading) {', 'if (this.#reading) return this.#reading;\n    if (!this.#reading) {')], focus: 'lookups' },
  { rule: 'the same cmid in one batch is one command', edits: [edit(PLAN, 'const same = seen.get(key);', 'const same = undefined as Answered | undefined;'), edit(PLAN, "seen.set(key, { verdict: { kind: 'appended', events }", "seen.set(`${key} ${seen.size}`, { verdict: { kind: 'appended', events }")] },
  { rule: 'a cmid in the window is answered from the log', edits: [edit(PLAN, 'const landed = room.cmid(key) ?? (', 'const landed = (')] },
  { rule: 'a command without `after` is looked up in the cmid table', edits: [edit(PLAN, "if (after === undefined) return command.after !== 'fresh';", 'if (after === undefined) return false;')] },
  { rule: 'a command whose `after` is below winStart is looked up in the cmid table', edits: [edit(PLAN, ' || after.seq < span.winStart', '')], focus: 'lookups' },
  { rule: 'a command whose `after` is of another epoch is looked up in the cmid table', edits: [edit(PLAN, 'after.epoch !== state?.epoch || ', '')], focus: 'disaster' },
  { rule: 'a fresh cmid is as old as its first pass', edits: [edit(PLAN, "command.after === 'fresh' ? since ?? undefined : command.after", "command.after === 'fresh' ? undefined : command.after")], focus: 'lookups' },
  {
    rule: 'what was looked up for another winStart is thrown away',
    edits: [
      edit(APPENDER, 'if (room !== this.follower.room || span !== room.span) return false;', ''),
      edit(PLAN, 'waiting.found?.span !== room.span', '!waiting.found'),
      edit(PLAN, 'waiting.found?.span === room.span ? waiting.found.record : null', 'waiting.found?.record ?? null'),
    ],
    focus: 'lookups',
  },
  {
    rule: 'if the state moved while the store was asked, what is missing is looked at again',
    edits: [edit(APPENDER, 'for (let missing = missingFor(room, batch); missing.waiting.size > 0; missing = missingFor(room, batch)) {', 'const missing = missingFor(room, batch);\n    if (missing.waiting.size > 0) {')],
    focus: 'lookups',
  },
  { rule: 'nothing is awaited between the last look and the append', edits: [edit(APPENDER, 'const plan = planBatch(room, batch, chance, limits);\n    this.#settle(plan, plan.landed);\n    if (!plan.entry) {\n', 'const plan = planBatch(room, batch, chance, limits);\n    await chance.sleep(1);\n    this.#settle(plan, plan.landed);\n    if (!plan.entry) {\n')] },
  { rule: 'each command is decided on the state as the batch so far leaves it', edits: [edit(PLAN, 'decide(draft.state, command, draft.rows.', 'decide(room.state, command, room.rows.')] },
  { rule: 'an append expects the cursor', edits: [edit(APPENDER, 'const expected = room.cursor.position;', 'const expected = (await log.read(ref, 0, 500)).entries.at(-1)?.position ?? 0;')] },
  {
    rule: 'the first append to an epoch expects that there is none',
    edits: [edit(APPENDER, 'const expected = room.cursor.position;', 'const expected = room.cursor.position || ((await log.read(ref, 0, 500)).entries.at(-1)?.position ?? 0);')],
  },
  { rule: 'an ack comes after the log', edits: [edit(APPENDER, APPEND, `this.#settle(plan, plan.appended);\n    ${APPEND}`)] },
  { rule: 'an unknown outcome is not taken for a success', edits: [edit(APPENDER, APPEND, "const position = await log.append(ref, plan.entry, expected).catch((error) => { if (error.code === 'unknown_outcome') return expected + 1; throw error; });")] },
  { rule: 'an unknown outcome is not taken for a failure', edits: [edit(APPENDER, APPEND, "const position = await log.append(ref, plan.entry, expected).catch((error) => { if (error.code === 'unknown_outcome') for (const answer of plan.appended) plan.resultOf({ kind: 'rejected', error: wireError('forbidden') }, answer.waiting[0]!.command), this.#settle({ ...plan, resultOf: () => ({ ok: false, error: wireError('forbidden') }) }, [answer]); throw error; });")] },
  { rule: 'after anything but an ack the room catches up', edits: [edit(APPENDER, 'await this.#pass(failures > 0);', 'await this.#pass(false);')] },
  { rule: 'a rejection waits for the append it was decided with', edits: [edit(APPENDER, 'this.#settle(plan, plan.landed);\n    if (!plan.entry) {\n', 'this.#settle(plan, plan.landed);\n    this.#settle(plan, plan.held);\n    if (!plan.entry) {\n')] },
  { rule: 'a rejection with nothing to append waits for a read', edits: [edit(APPENDER, 'await this.follower.fresh();\n    if (room !== this.follower.room || learned', 'if (room !== this.follower.room || learned')] },
  { rule: 'winStart moves no further than the watermark', edits: [edit(FOLLOWER, 'room.trim(Math.min(watermark.seq, room.cursor.seq));', 'room.trim(room.cursor.seq);')] },
  { rule: 'a row set by an event is not replaced by one looked up', edits: [edit(ROWS, 'fields: { ...found, ...known?.fields }', 'fields: { ...known?.fields, ...found }')], focus: 'lookups' },
  { rule: 'a row set by an event above winStart is not forgotten', edits: [edit(ROWS, 'if (row.seq <= winStart) rows.delete(key);', 'rows.delete(key);')] },
  { rule: 'within a batch a standing is as the commands before leave it', edits: [edit(PLAN, 'draft.rows.targets(targetsOf(command))', 'room.rows.targets(targetsOf(command))')] },
  { rule: 'what an event says of a standing leaves the rest of it to be looked up', edits: [edit(ROWS, "const isWhole = (fields: Partial<Standing> | undefined): fields is Standing =>\n  fields?.role !== undefined && fields.mute !== undefined && fields.ban !== undefined && fields.said !== undefined;", 'const isWhole = (fields: Partial<Standing> | undefined): fields is Standing => fields !== undefined;')], focus: 'lookups' },
  { rule: 'a ban is folded into the standing', edits: [edit(STANDING, 'change: { ban: { reason: event.data.reason, until: event.data.until } }', 'change: {}')] },
  { rule: 'a mute is folded into the standing', edits: [edit(STANDING, 'change: { mute: { reason: event.data.reason, until: event.data.until } }', 'change: {}')] },
  { rule: 'a ban ends the membership in the same entry', edits: [edit('domain/decide/member-ban.ts', "accept({ type: 'member.left', data: { userId } }, banned)", 'accept(banned)')] },
  { rule: 'what is decided and what is written are of one moment', edits: [edit(PLAN, 'draft.now);', 'draft.now - 15);')] },
  { rule: 'slow mode counts from when it was turned on', edits: [edit('domain/decide/message-send.ts', ' || said.seq < slow.since', '')], focus: 'lookups' },
  { rule: 'a sealed epoch takes nothing more', edits: [edit('domain/decide.ts', "if (state?.sealed) return reject('unavailable', 'the room is moving to its next epoch');", '')] },
  { rule: 'after a sealed epoch comes the next one', edits: [edit(CATCH_UP, 'cursor.enterNextEpoch();', 'return;')] },
  { rule: 'a log that took over begins by opening the next epoch', edits: [edit('appender/draft.ts', 'if (cursor.mustOpen && cursor.lastId !== null) {', 'if (false) {')] },
  { rule: 'a log that took over is another epoch', edits: [edit('appender/log-cursor.ts', 'this.epoch += 1;\n      this.mustOpen = true;', '')] },
  { rule: "a purge keeps the watermark's entry", edits: [], sabotage: { purgeInclusive: true } },
];
