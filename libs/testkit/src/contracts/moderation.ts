import { afterAll, beforeAll, describe, test } from 'vitest';
import { AUDIT } from './moderation/audit.ts';
import { CASES } from './moderation/cases.ts';
import { REPORTS } from './moderation/reports.ts';
import { ROOM_SANCTIONS } from './moderation/room-sanctions.ts';
import { RULES } from './moderation/rules.ts';
import { SERVER_ACTS } from './moderation/server-acts.ts';
import type { ModerationCase, ModerationRig } from './moderation/rig.ts';

export type { ModerationRig } from './moderation/rig.ts';

/** The promises of `ModerationStore`, one case each. */
export const MODERATION_CASES: readonly ModerationCase[] = [...SERVER_ACTS, ...REPORTS, ...CASES, ...AUDIT, ...RULES, ...ROOM_SANCTIONS];

/** Holds a `ModerationStore` to what the port promises (`libs/domain/src/ports/moderation.ts`). */
export const moderationContract = (name: string, start: () => Promise<ModerationRig>): void => {
  describe(`moderation store: ${name}`, () => {
    let rig: ModerationRig | undefined;
    beforeAll(async () => {
      rig = await start();
    }, 120_000);
    afterAll(() => rig?.stop(), 60_000);

    for (const each of MODERATION_CASES) test(each.name, { timeout: 60_000 }, () => each.run(rig!));
  });
};
