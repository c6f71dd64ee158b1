import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { MemberView, PresenceView, UserId } from '@parley/protocol';
import { useNow } from '../hooks/use-now.ts';
import type { MemberRow } from '../members/member-rows.ts';
import { agoOf } from '../presence/last-seen.ts';
import { useStrings } from '../strings/strings.ts';
import { Avatar } from './avatar.tsx';
import { Button, IconButton } from './button.tsx';
import { ChatIcon, FlagIcon, ManageIcon } from './icons.tsx';
import type { Loadable } from './loadable.ts';
import { Spinner } from './spinner.tsx';
import { VisuallyHidden } from './visually-hidden.tsx';
import styles from './member-list.module.css';

export type MemberListProps = {
  rows: readonly MemberRow[];
  state: Loadable<MemberView>['state'];
  more: boolean;
  me: UserId;
  onMessage: (id: UserId) => void;
  /** Absent for the reader; elsewhere one may at least report. */
  manage: (member: MemberView) => { act: () => void; reportsOnly: boolean } | undefined;
  onMore: () => void;
  /** Told which members are in sight, as one scrolls; the same array while they are the same. */
  onVisible: (ids: readonly UserId[]) => void;
};

const MEMBER_PX = 44;
const SECTION_PX = 34;
const MINUTE_MS = 60_000;

/** The members of a room, of which only those in sight are in the document. */
export const MemberList = ({ rows, state, more, me, onMessage, manage, onMore, onVisible }: MemberListProps) => {
  const strings = useStrings();
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(MINUTE_MS);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => (rows[index]?.kind === 'section' ? SECTION_PX : MEMBER_PX),
    overscan: 6,
  });
  const drawn = virtualizer.getVirtualItems();

  const inSight = drawn.flatMap(({ index }) => { const row = rows[index]; return row?.kind === 'member' ? [row.member.userId] : []; });
  const key = inSight.join(' ');
  // oxlint-disable-next-line react/exhaustive-deps
  const visible = useMemo(() => inSight, [key]);
  useEffect(() => onVisible(visible), [visible, onVisible]);

  return (
    <div ref={scroller} className={styles.scroller}>
      {/* A list without bullets loses its role in Safari unless it is told. */}
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles */}
      <ul role="list" className={styles.list} aria-label={strings.members.title} style={{ blockSize: virtualizer.getTotalSize() }}>
        {drawn.map(({ index, key: rowKey, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <li
              key={rowKey} ref={virtualizer.measureElement} data-index={index} className={styles.row} style={{ transform: `translateY(${start}px)` }}
              aria-posinset={index + 1} aria-setsize={more ? -1 : rows.length}
            >
              {row.kind === 'section'
                ? <h3 className={styles.section}>{strings.presence.section(row.section, row.count)}</h3>
                : <Member member={row.member} presence={row.presence} mine={row.member.userId === me} now={now} onMessage={onMessage} onManage={manage(row.member)} />}
            </li>
          );
        })}
      </ul>
      {state === 'loading' && <div className={styles.after}><Spinner label={strings.members.loading} /></div>}
      {state === 'failed' && <p className={`${styles.after} ${styles.failed}`} role="alert">{strings.members.failed} <Button variant="link" onClick={onMore}>{strings.errors.retry}</Button></p>}
      {state === 'ready' && more && <div className={styles.after}><Button block onClick={onMore}>{strings.members.more}</Button></div>}
    </div>
  );
};

type MemberProps = { member: MemberView; presence: PresenceView; mine: boolean; now: number; onMessage: (id: UserId) => void; onManage: ReturnType<MemberListProps['manage']> };

const Member = ({ member, presence, mine, now, onMessage, onManage }: MemberProps) => {
  const strings = useStrings();
  const notes = [
    ...(member.role === 'member' ? [] : [strings.members[member.role]]),
    ...(presence.status === 'offline' && presence.lastSeenAt !== undefined ? [strings.presence.lastSeen(agoOf(presence.lastSeenAt, now))] : []),
  ];
  return (
    <div className={styles.member}>
      <Avatar id={member.userId} name={member.name} size="small" presence={presence.status} />
      <div className={styles.text}>
        <p className={styles.name}>
          <span className={styles.own} dir="auto" title={member.name}>{member.name}</span>
          {mine && <span className={styles.you}>({strings.members.you})</span>}
          <VisuallyHidden>, {strings.presence[presence.status]}</VisuallyHidden>
        </p>
        {notes.length > 0 && <p className={styles.note} title={notes.join(' · ')}>{notes.join(' · ')}</p>}
      </div>
      <span className={styles.tools}>
        {onManage && <IconButton small label={onManage.reportsOnly ? strings.moderation.report.person(member.name) : strings.members.manage(member.name)} icon={onManage.reportsOnly ? <FlagIcon size={16} /> : <ManageIcon size={17} />} onClick={onManage.act} />}
        {!mine && <IconButton small label={strings.members.message(member.name)} icon={<ChatIcon size={17} />} onClick={() => onMessage(member.userId)} />}
      </span>
    </div>
  );
};
