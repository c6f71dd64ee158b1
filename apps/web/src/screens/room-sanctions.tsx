import { useCallback, useState } from 'react';
import type { RoomId, SanctionView, UserId } from '@parley/protocol';
import { SanctionsDialog, useStrings, type Loadable } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { useAttempt } from './use-attempt.ts';
import { useNames } from './use-names.ts';
import { usePages } from './use-pages.ts';

const keyOf = ({ kind, userId }: SanctionView): string => `${kind} ${userId}`;

/** Who is muted or banned in a room. */
export const RoomSanctions = ({ id, name, onClose }: { id: RoomId; name: string; onClose: () => void }) => {
  const strings = useStrings();
  const chat = useChat();
  const { busy, error, attempt } = useAttempt();
  const [lifted, setLifted] = useState<ReadonlySet<string>>(new Set());
  const { list, more } = usePages<SanctionView, UserId>(useCallback(async (after) => {
    const { sanctions, next } = await chat.client.moderation.sanctions(id, after ?? undefined);
    return { items: sanctions, next };
  }, [chat, id]));
  const names = useNames(chat, [...new Set(list.items.map(({ userId }) => userId))]);
  const shown: Loadable<SanctionView> = { ...list, items: list.items.filter((sanction) => !lifted.has(keyOf(sanction))) };
  const lift = (sanction: SanctionView) => {
    const { moderation } = chat.client;
    attempt(() => (sanction.kind === 'mute' ? moderation.unmute(id, sanction.userId) : moderation.unban(id, sanction.userId)), () => setLifted((before) => new Set([...before, keyOf(sanction)])));
  };
  return <SanctionsDialog room={name} sanctions={shown} nameOf={({ userId }) => names.get(userId) ?? strings.room.fallbackPerson} busy={busy} error={error} onLift={lift} onMore={more} onClose={onClose} />;
};
