import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import { useNow } from '../hooks/use-now.ts';
import { countBelow, estimateRowHeight, neighbour, wantsOlder } from '../messages/list-math.ts';
import type { MessageRow } from '../messages/message-rows.ts';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';
import { ChatIcon, DownIcon } from './icons.tsx';
import { messageLabel, MessageView, type MessageActions } from './message-view.tsx';
import { Spinner } from './spinner.tsx';
import styles from './message-list.module.css';

export type MessageListProps = {
  label: string;
  rows: readonly MessageRow[];
  /** What stands above the oldest message of all. */
  beginning: string;
  older: 'none' | 'some' | 'loading' | 'failed';
  onOlder: () => void;
  editingKey: string | null;
  /** Told whenever the reader comes to the end of the list, or leaves it. */
  onAtEnd: (atEnd: boolean) => void;
  actions: MessageActions;
};

/** Room for what stands above the first message. Constant, so that nothing moves when it changes. */
const TOP_PX = 64;
const BOTTOM_PX = 16;
/** As near to the end as this counts as being there. */
const AT_END_PX = 40;

/**
 * A room's messages, of which only those in sight are in the document. Keeps its place when older ones arrive above,
 * follows new ones while the reader is at the end, and otherwise tells how many came.
 */
export const MessageList = ({ label, rows, beginning, older, onOlder, editingKey, onAtEnd, actions }: MessageListProps) => {
  const strings = useStrings();
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const firstUnread = useRef(rows.findIndex((row) => row.startsUnread));
  const [atEnd, setAtEnd] = useState(firstUnread.current < 0);
  const [lastSeenKey, setLastSeenKey] = useState<string | null>(null);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const focusKey = useRef<string | null>(null);
  // Days change while a page stays open.
  const now = useNow(HOUR_MS);

  const lastKey = rows.at(-1)?.message.key ?? null;
  const getItemKey = useCallback((index: number) => rows[index]?.message.key ?? index, [rows]);
  const estimateSize = useCallback((index: number) => {
    const row = rows[index];
    return row ? estimateRowHeight(row, width) : 0;
  }, [rows, width]);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey,
    estimateSize,
    overscan: 8,
    paddingStart: TOP_PX,
    paddingEnd: BOTTOM_PX,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
  });
  // The library lets a row above the fold that changes while one scrolls up move what is in sight. Here such a row is the
  // one that was the oldest: it loses its day and its author when older ones arrive above it.
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, list) => {
    const offset = list.scrollOffset ?? 0;
    return list.itemSizeCache.has(item.key) ? item.end <= offset : item.start < offset;
  };
  const drawn = virtualizer.getVirtualItems();

  // Begins at the first unread message, or at the end. Where everything fits there is nothing to scroll, and no event.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    setWidth(element.clientWidth);
    if (firstUnread.current < 0) virtualizer.scrollToEnd();
    else virtualizer.scrollToIndex(firstUnread.current, { align: 'center' });
    setAtEnd(isAtEnd(element));
  }, [virtualizer]);

  // Whether one is at the end is decided by scrolling alone: a list that only became lower (a longer draft, a phone's
  // keyboard) is brought back to its end.
  const atEndNow = useRef(atEnd);
  atEndNow.current = atEnd;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth);
      if (atEndNow.current) virtualizer.scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [virtualizer]);

  // One's own message is always shown, wherever one was reading.
  const last = rows.at(-1)?.message;
  const ownPendingKey = last && last.mine && last.id === null ? last.key : null;
  useLayoutEffect(() => {
    if (ownPendingKey !== null) virtualizer.scrollToEnd();
  }, [ownPendingKey, virtualizer]);

  useEffect(() => {
    onAtEnd(atEnd);
    if (atEnd) setLastSeenKey(lastKey);
  }, [atEnd, lastKey, onAtEnd]);

  const firstDrawn = drawn[0]?.index;
  useEffect(() => {
    if (older === 'some' && wantsOlder(firstDrawn)) onOlder();
  }, [older, firstDrawn, onOlder, rows.length]);

  // The row the arrow keys lead to may be drawn only after the scroll.
  useEffect(() => {
    if (focusKey.current === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(focusKey.current)}"]`);
    if (!row) return;
    focusKey.current = null;
    row.focus({ preventScroll: true });
  });

  const focusRow = (index: number) => {
    const row = rows[index];
    if (!row) return;
    focusKey.current = row.message.key;
    setActiveKey(row.message.key);
    virtualizer.scrollToIndex(index, { align: 'auto' });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowUp') focusRow(neighbour(rows, activeKey, -1));
    else if (event.key === 'ArrowDown') focusRow(neighbour(rows, activeKey, 1));
    else if (event.key === 'End') focusRow(rows.length - 1);
    else return;
    event.preventDefault();
  };
  const onFocus = (event: FocusEvent<HTMLDivElement>) => {
    const key = event.target.closest<HTMLElement>('[data-key]')?.dataset['key'];
    if (key !== undefined) setActiveKey(key);
  };

  const tabStop = rows.some((row) => row.message.key === activeKey) && drawn.some((item) => item.key === activeKey) ? activeKey : lastKey;
  const fresh = atEnd ? 0 : countBelow(rows, lastSeenKey);

  return (
    <div className={styles.frame}>
      {/* The keys of the feed pattern. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller} className={styles.scroller} role="feed" aria-label={label} aria-busy={older === 'loading'}
        onScroll={(event) => setAtEnd(isAtEnd(event.currentTarget))} onKeyDown={onKeyDown} onFocus={onFocus}
      >
        <div className={styles.sizer} style={{ blockSize: virtualizer.getTotalSize() }}>
          <div className={styles.top}>
            {older === 'none' && rows.length > 0 && <span dir="auto">{beginning}</span>}
            {older === 'loading' && <Spinner label={strings.messages.loadingOlder} />}
            {older === 'failed' && <span>{strings.messages.olderFailed} <Button variant="link" onClick={onOlder}>{strings.errors.retry}</Button></span>}
          </div>
          {drawn.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const { message } = row;
            const active = message.key === tabStop;
            return (
              <article
                key={item.key} ref={virtualizer.measureElement} className={styles.row} style={{ transform: `translateY(${item.start}px)` }}
                data-index={item.index} data-key={message.key}
                // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
                tabIndex={active ? 0 : -1}
                aria-label={messageLabel(message, strings)} aria-posinset={item.index + 1} aria-setsize={older === 'none' ? rows.length : -1}
              >
                <MessageView
                  message={message} startsDay={row.startsDay} startsGroup={row.startsGroup} startsUnread={row.startsUnread}
                  editing={editingKey === message.key} active={active} now={now} actions={actions}
                />
              </article>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && older === 'none' && <div className={styles.nothing}><EmptyState icon={<ChatIcon size={28} />} title={beginning} hint={strings.messages.emptyHint} /></div>}
      {!atEnd && (
        <div className={styles.pill}>
          <button type="button" className={fresh > 0 ? styles.fresh : undefined} onClick={() => virtualizer.scrollToEnd()}>
            {fresh > 0 ? strings.messages.newMessages(fresh) : strings.messages.jumpToLatest}
            <DownIcon size={16} />
          </button>
        </div>
      )}
    </div>
  );
};

const isAtEnd = (element: HTMLElement): boolean => element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END_PX;

const HOUR_MS = 3_600_000;
