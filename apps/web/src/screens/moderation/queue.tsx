import { useEffect, useMemo, useRef, useState } from 'react';
import type { CaseId, CaseStatus, CaseView, ReportCategory, RoomId, UserId } from '@parley/protocol';
import { Button, CheckIcon, EmptyState, ShieldIcon, Skeleton, Spinner, useStrings } from '@parley/ui';
import { CaseList, QueueFilters, useConsoleStrings } from '@parley/ui/moderation';
import { useChat } from '../../state/context.ts';
import { caseHref, goTo, MODERATION_HREF } from '../../state/route.ts';
import { useNames } from '../use-names.ts';
import { OpenedCase } from './opened-case.tsx';
import { useCases } from './use-cases.ts';
import { useKeys } from './use-keys.ts';
import styles from './moderation.module.css';

export type QueueProps = { caseId: CaseId | null; singleKeys: boolean };

/** The queue on one side, the open case on the other. */
export const Queue = ({ caseId, singleKeys }: QueueProps) => {
  const strings = useStrings();
  const words = useConsoleStrings();
  const { queue } = words;
  const chat = useChat();
  const [status, setStatus] = useState<CaseStatus>('open');
  const [roomId, setRoomId] = useState<RoomId | null>(null);
  const [category, setCategory] = useState<ReportCategory | null>(null);
  const [active, setActive] = useState<CaseId | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const { list: cases, more, reload, put } = useCases(chat, status, roomId, caseId);
  const shown = useMemo(() => (category === null ? cases.items : cases.items.filter(({ categories }) => categories.includes(category))), [cases.items, category]);
  const names = useNames(chat, useMemo(() => [...new Set(cases.items.flatMap(({ claimedBy }) => (claimedBy === null ? [] : [claimedBy])))], [cases.items]));
  const nameOf = (id: UserId): string => names.get(id) ?? strings.room.fallbackPerson;

  /** A row that is not there yet, or not shown, has the focus once it is. */
  const focusDue = useRef<CaseId | null>(null);
  useEffect(() => {
    if (focusDue.current === null) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-case="${CSS.escape(focusDue.current)}"]`);
    if (!row || row.offsetParent === null) return;
    focusDue.current = null;
    row.focus();
  });
  const focusOn = (id: CaseId | undefined) => {
    if (id === undefined) return;
    setActive(id);
    const row = list.current?.querySelector<HTMLElement>(`[data-case="${CSS.escape(id)}"]`);
    row?.focus();
    focusDue.current = row && row === document.activeElement ? null : id;
  };

  const at = shown.findIndex(({ id }) => id === (active ?? caseId));
  const move = (step: 1 | -1 | 'first' | 'last') => {
    const last = shown.length - 1;
    if (step === 1 && at === last && cases.state === 'ready' && cases.more) void more();
    focusOn(shown[step === 'first' ? 0 : step === 'last' ? last : at < 0 ? 0 : Math.min(last, Math.max(0, at + step))]?.id);
  };
  const open = (id: CaseId | undefined) => {
    if (id !== undefined) goTo(caseHref(id));
  };
  const close = () => {
    if (caseId === null) return;
    goTo(MODERATION_HREF);
    focusOn(shown.find(({ id }) => id === caseId)?.id ?? shown[0]?.id);
  };
  useKeys({ j: () => move(1), k: () => move(-1), o: () => open(shown[at]?.id), g: reload, Escape: close }, singleKeys);

  /** Who works through the queue goes on with the next case. */
  const decided = (changed: CaseView) => {
    put(changed);
    const from = shown.findIndex(({ id }) => id === changed.id);
    const next = [...shown.slice(from + 1), ...shown.slice(0, Math.max(0, from))].find((item) => item.status !== 'closed');
    reload();
    if (status === 'closed') return;
    if (next) {
      setActive(next.id);
      open(next.id);
    } else goTo(MODERATION_HREF);
  };

  const count = cases.state === 'ready' ? queue.count(shown.length, cases.more) : null;
  return (
    <div className={`${styles.queue} ${caseId === null ? styles.atList : styles.atCase}`}>
      <div className={styles.list}>
        <QueueFilters
          status={status} roomId={roomId} category={category} rooms={chat.moderated()} count={count}
          onStatus={setStatus} onRoom={setRoomId} onCategory={setCategory} onReload={reload}
        />
        <div className={styles.scroller}>
          <CaseList cases={shown} current={caseId} active={active ?? caseId} me={chat.me.id} nameOf={nameOf} hrefOf={caseHref} onMove={move} onActive={setActive} listRef={list} />
          {cases.state === 'loading' && cases.items.length === 0 && <Skeleton label={words.console.loading} shape="rooms" />}
          {cases.state === 'loading' && cases.items.length > 0 && <div className={styles.after}><Spinner label={words.console.loading} /></div>}
          {cases.state === 'failed' && <EmptyState alert title={words.console.failed} hint={cases.message} action={<Button onClick={reload}>{strings.errors.retry}</Button>} />}
          {cases.state === 'ready' && shown.length === 0 && (cases.items.length > 0
            ? <EmptyState title={queue.noMatch} />
            : <EmptyState icon={<CheckIcon size={28} />} title={queue.empty[status]} hint={queue.emptyHint} />)}
          {cases.state === 'ready' && cases.more && <div className={styles.after}><Button block onClick={() => void more()}>{words.console.more}</Button></div>}
        </div>
      </div>
      <div className={styles.case}>
        {caseId === null
          ? <EmptyState icon={<ShieldIcon size={28} />} title={queue.pick} hint={queue.pickHint} />
          : <OpenedCase key={caseId} id={caseId} singleKeys={singleKeys} onChanged={put} onDecided={decided} />}
      </div>
    </div>
  );
};
