import { useEffect, useMemo, useRef, useState } from 'react';
import type { CaseDecision, CaseId, CaseView, SanctionView, UserId } from '@parley/protocol';
import { AlertIcon, Button, EmptyState, isolateRtl, Skeleton, useStrings } from '@parley/ui';
import { caseActs, CaseDetail, DecisionDialog, type CaseAct, useConsoleStrings } from '@parley/ui/moderation';
import { useChat } from '../../state/context.ts';
import { MODERATION_HREF } from '../../state/route.ts';
import { useStore } from '../../state/store.ts';
import { useAttempt } from '../use-attempt.ts';
import { useNames } from '../use-names.ts';
import { CaseActDialog, type AskedOfCase } from './case-act-dialog.tsx';
import { useCase, type CaseDetails } from './use-case.ts';
import { useKeys } from './use-keys.ts';

export type OpenedCaseProps = { id: CaseId; singleKeys: boolean; onChanged: (changed: CaseView) => void; onDecided: (changed: CaseView) => void };

const peopleOf = ({ case: { claimedBy, decidedBy }, record }: CaseDetails): UserId[] =>
  [...new Set([claimedBy, decidedBy, ...(record?.acts.map(({ by }) => by) ?? [])].filter((id) => id !== null))];

const hiddenNow = (detail: CaseDetails, hidden: boolean): CaseDetails =>
  ({ ...detail, context: detail.context.map((message) => (message.id === detail.case.messageId ? { ...message, hidden } : message)) });

/** One case and everything that can be done about it. */
export const OpenedCase = ({ id, singleKeys, onChanged, onDecided }: OpenedCaseProps) => {
  const strings = useStrings();
  const words = useConsoleStrings();
  const chat = useChat();
  const { moderation } = chat.client;
  const { admin } = useStore(chat.moderation.state);
  const { detail, error, reload, patch } = useCase(chat, id);
  const { busy, error: refused, attempt } = useAttempt();
  const [told, setTold] = useState('');
  const [asked, setAsked] = useState<AskedOfCase | null>(null);
  const [deciding, setDeciding] = useState<CaseDecision | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const names = useNames(chat, useMemo(() => (detail ? peopleOf(detail) : []), [detail]));
  const nameOf = (userId: UserId): string => (userId === chat.me.id ? chat.me.name : names.get(userId) ?? strings.room.fallbackPerson);

  // Who opens a case is there; who only sees it change stays where they were.
  const loaded = detail !== null;
  useEffect(() => {
    if (loaded) heading.current?.focus({ preventScroll: true });
  }, [loaded]);

  const changed = (next: CaseView) => {
    patch((before) => ({ ...before, case: next }));
    onChanged(next);
  };
  const act = (what: CaseAct) => {
    if (!detail) return;
    const { roomId, messageId } = detail.case;
    setTold('');
    switch (what) {
      case 'claim': return attempt(async () => changed((await moderation.claim(id)).case), () => {});
      case 'release': return attempt(async () => changed((await moderation.release(id)).case), () => {});
      case 'restore': return attempt(async () => {
        if (messageId !== null) await moderation.restore(roomId, messageId);
        patch((before) => hiddenNow(before, false));
      }, () => setTold(words.acts.restored));
      case 'uphold': return setDeciding('upheld');
      case 'dismiss': return setDeciding('dismissed');
      case 'hide': case 'mute': case 'ban': case 'ban-server': return setAsked(what);
    }
  };
  const lift = ({ kind, roomId, userId }: SanctionView) => attempt(async () => {
    if (roomId === null) await moderation.unbanUser(userId);
    else await (kind === 'mute' ? moderation.unmute(roomId, userId) : moderation.unban(roomId, userId));
    patch((before) => ({ ...before, record: before.record && { ...before.record, sanctions: before.record.sanctions.filter((held) => !(held.kind === kind && held.roomId === roomId)) } }));
  }, () => setTold(words.acts.done.lifted));
  const decide = (decision: CaseDecision, remark: string) => attempt(async () => {
    // Who decides works on it: one step fewer where nobody does.
    if (detail?.case.status !== 'claimed' || detail.case.claimedBy !== chat.me.id) changed((await moderation.claim(id)).case);
    const { case: closed } = await moderation.decide(id, decision, remark);
    patch((before) => ({ ...before, case: closed }));
    onDecided(closed);
  }, () => setDeciding(null));

  const keys = Object.fromEntries((detail && !busy ? caseActs(detail, chat.me.id, admin) : []).flatMap(({ act: what, key }) => (key === null ? [] : [[key, () => act(what)]])));
  useKeys(keys, singleKeys);

  if (!detail) {
    if (error === undefined) return <Skeleton label={words.detail.loading} shape="messages" />;
    return (
      <EmptyState
        alert icon={<AlertIcon size={28} />} title={words.detail.failed} hint={error}
        action={<><Button onClick={reload}>{strings.errors.retry}</Button><a href={MODERATION_HREF}>{words.detail.back}</a></>}
      />
    );
  }
  return (
    <>
      <CaseDetail
        detail={detail} me={chat.me.id} admin={admin} nameOf={nameOf} busy={busy} error={deciding || asked ? undefined : refused ?? error} told={told} backHref={MODERATION_HREF} headingRef={heading}
        onAct={act} onLift={lift}
      />
      {deciding && <DecisionDialog decision={deciding} busy={busy} error={refused} onDecide={(remark) => decide(deciding, remark)} onClose={() => setDeciding(null)} />}
      {asked && (
        <CaseActDialog
          asked={asked} detail={detail} onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            const { done } = words.acts;
            const name = isolateRtl(detail.case.userName);
            if (asked === 'hide') patch((before) => hiddenNow(before, true));
            else reload();
            setTold(asked === 'hide' ? done.hidden : asked === 'mute' ? done.muted(name) : done.banned(name));
          }}
        />
      )}
    </>
  );
};
