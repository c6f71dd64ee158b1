import { useCallback, useMemo, useState } from 'react';
import { userIdSchema, type AuditEntry, type CommandInput, type RoomId, type UserId } from '@parley/protocol';
import { Button, EmptyState, Skeleton, Spinner, useStrings } from '@parley/ui';
import { AuditForm, AuditTable, type AuditFormValues, useConsoleStrings } from '@parley/ui/moderation';
import { auditCsv, auditJson } from '../../state/audit-export.ts';
import { useChat } from '../../state/context.ts';
import { useStore } from '../../state/store.ts';
import { useAttempt } from '../use-attempt.ts';
import { useNames } from '../use-names.ts';
import { usePages } from '../use-pages.ts';
import styles from './moderation.module.css';

/** Entries in one export at most. */
const MAX_EXPORTED = 10_000;

type Query = Omit<CommandInput<'audit:list'>, 'before' | 'limit'>;

const millis = (local: string): number | undefined => {
  const at = new Date(local).getTime();
  return local === '' || Number.isNaN(at) ? undefined : at;
};
const queryOf = ({ roomId, act, by, userId, text, from, until }: AuditFormValues): Query => {
  const whom = (id: string): UserId | undefined => userIdSchema.safeParse(id.trim()).data;
  const query = { roomId: roomId ?? undefined, act: act || undefined, by: whom(by), userId: whom(userId), text: text.trim() || undefined, from: millis(from), until: millis(until) };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
};

const download = (name: string, type: string, content: string): void => {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
};

/** Who did what to whom, to be searched and taken along. */
export const Audit = () => {
  const strings = useStrings();
  const words = useConsoleStrings();
  const { audit: text, console: common } = words;
  const chat = useChat();
  const { admin } = useStore(chat.moderation.state);
  useStore(chat.rooms);
  const rooms = chat.moderated();
  const [initial] = useState((): AuditFormValues => ({ roomId: admin ? null : rooms[0]?.id ?? null, act: '', by: '', userId: '', text: '', from: '', until: '' }));
  const [query, setQuery] = useState<Query>(() => queryOf(initial));
  const { list, more } = usePages<AuditEntry, string>(useCallback(async (before) => {
    const { entries, next } = await chat.client.moderation.audit({ ...query, ...(before === null ? {} : { before }) });
    return { items: entries, next };
  }, [chat, query]));
  const names = useNames(chat, useMemo(() => [...new Set(list.items.flatMap(({ by, userId }) => [by, userId].filter((id) => id !== null)))], [list.items]));
  const { busy, error, attempt } = useAttempt();
  const [told, setTold] = useState('');

  const takeAll = (kind: 'csv' | 'json') => attempt(async () => {
    const all: AuditEntry[] = [];
    let before: string | null = null;
    do {
      const page: { entries: AuditEntry[]; next: string | null } = await chat.client.moderation.audit({ ...query, ...(before === null ? {} : { before }) });
      all.push(...page.entries);
      before = page.next;
      setTold(text.exporting(all.length));
    } while (before !== null && all.length < MAX_EXPORTED);
    const name = `audit-${new Date().toISOString().slice(0, 10)}`;
    if (kind === 'csv') download(`${name}.csv`, 'text/csv', auditCsv(all));
    else download(`${name}.jsonl`, 'application/x-ndjson', auditJson(all));
    setTold(text.exported(all.length, before === null));
  }, () => {});

  return (
    <div className={styles.page}>
      <AuditForm initial={initial} rooms={rooms} everything={admin} onSearch={(values) => { setTold(''); setQuery(queryOf(values)); }} />
      <div className={styles.found}>
        <p className={styles.told} role="status">{told}</p>
        {error !== undefined && <p role="alert">{error}</p>}
        <Button disabled={busy || list.items.length === 0} onClick={() => takeAll('csv')}>{text.csv}</Button>
        <Button disabled={busy || list.items.length === 0} onClick={() => takeAll('json')}>{text.json}</Button>
      </div>
      {list.items.length > 0 && <AuditTable entries={list.items} nameOf={(id: UserId) => names.get(id) ?? id} roomOf={(id: RoomId) => rooms.find((room) => room.id === id)?.name ?? chat.nameOfRoom(id) ?? id} />}
      {list.state === 'loading' && (list.items.length === 0 ? <Skeleton label={common.loading} shape="rooms" /> : <Spinner label={common.loading} />)}
      {list.state === 'failed' && <EmptyState alert title={common.failed} hint={list.message} action={<Button onClick={more}>{strings.errors.retry}</Button>} />}
      {list.state === 'ready' && list.items.length === 0 && <EmptyState title={text.empty} hint={text.emptyHint} />}
      {list.state === 'ready' && list.more && <div className={styles.after}><Button block onClick={more}>{common.more}</Button></div>}
    </div>
  );
};
