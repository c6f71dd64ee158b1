import type { KeyboardEvent, Ref } from 'react';
import type { CaseId, CaseView, UserId } from '@parley/protocol';
import { useNow } from '../hooks/use-now.ts';
import { useConsoleStrings } from '../strings/console-strings.ts';
import { wordFor } from '../strings/word.ts';
import { waitText } from '../text/duration.ts';
import styles from './case-list.module.css';

export type CaseListProps = {
  cases: readonly CaseView[];
  /** The one that is open. */
  current: CaseId | null;
  /** Where Tab stops. */
  active: CaseId | null;
  me: UserId;
  nameOf: (id: UserId) => string;
  hrefOf: (id: CaseId) => string;
  onMove: (step: 1 | -1 | 'first' | 'last') => void;
  onActive: (id: CaseId) => void;
  listRef: Ref<HTMLUListElement>;
};

const TICK_MS = 20_000;
const STEPS: Readonly<Record<string, 1 | -1 | 'first' | 'last'>> = { ArrowDown: 1, ArrowUp: -1, Home: 'first', End: 'last' };

/** The queue: one stop for Tab, and arrow keys from case to case. Each is a link, so Enter opens it. */
export const CaseList = ({ cases, current, active, me, nameOf, hrefOf, onMove, onActive, listRef }: CaseListProps) => {
  const { queue, categories } = useConsoleStrings();
  const now = useNow(TICK_MS);
  const tabStop = cases.some(({ id }) => id === active) ? active : cases[0]?.id;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onMove(step);
  };
  return (
    // A list without bullets loses its role in Safari unless it is told; the keys are those of a list of links.
    // oxlint-disable-next-line jsx-a11y/no-redundant-roles, jsx-a11y/no-noninteractive-element-interactions
    <ul ref={listRef} role="list" className={styles.list} aria-label={queue.label} onKeyDown={onKeyDown}>
      {cases.map((item) => {
        const { id, status, claimedBy, decision } = item;
        const mark = status === 'closed' && decision ? queue.decisions[decision] : claimedBy === null ? null : claimedBy === me ? queue.claimedByYou : queue.claimedBy(nameOf(claimedBy));
        return (
          <li key={id}>
            <a
              className={styles.case} href={hrefOf(id)} data-case={id} tabIndex={id === tabStop ? 0 : -1} aria-current={id === current ? 'true' : undefined}
              onFocus={() => onActive(id)}
            >
              <span className={styles.line}>
                <span className={styles.name}><bdi>{item.messageId === null ? queue.ofPerson(item.userName) : queue.ofMessage(item.userName)}</bdi></span>
                <span className={styles.count} title={queue.reports(item.reports)}>{queue.reports(item.reports)}</span>
              </span>
              <span className={styles.note}>{item.categories.map((each) => wordFor(categories, each) ?? categories.other).join(', ')}</span>
              <span className={styles.line}>
                <span className={styles.note}><bdi>{item.roomName}</bdi> · {status === 'closed' ? queue.statuses.closed : queue.waiting(waitText(now - item.openedAt))}</span>
                {mark !== null && <span className={`${styles.mark} ${claimedBy === me && status === 'claimed' ? styles.mine : ''}`}>{mark}</span>}
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
};
