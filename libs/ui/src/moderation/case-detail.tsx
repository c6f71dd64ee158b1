import type { ReactNode, Ref } from 'react';
import type { CaseView, CommandResponse, ContextMessage, SanctionView, UserId } from '@parley/protocol';
import { Button } from '../components/button.tsx';
import { BackIcon } from '../components/icons.tsx';
import { MessageBody } from '../components/message-body.tsx';
import { useNow } from '../hooks/use-now.ts';
import { useConsoleStrings } from '../strings/console-strings.ts';
import { wordFor } from '../strings/word.ts';
import { endOf, isoOf, momentOf } from '../text/clock.ts';
import { isolate, isolateRtl } from '../text/direction.ts';
import { waitText } from '../text/duration.ts';
import { CaseRecord } from './case-record.tsx';
import styles from './case-detail.module.css';

export type CaseAct = 'claim' | 'release' | 'hide' | 'restore' | 'mute' | 'ban' | 'ban-server' | 'uphold' | 'dismiss';

export type CaseDetailProps = {
  detail: CommandResponse<'report:get'>;
  me: UserId;
  admin: boolean;
  nameOf: (id: UserId) => string;
  /** The act under way. */
  busy: boolean;
  error?: string | undefined;
  /** What was done last. */
  told: string;
  backHref: string;
  headingRef: Ref<HTMLHeadingElement>;
  onAct: (act: CaseAct) => void;
  onLift: (sanction: SanctionView) => void;
};

/** What can be done about a case as it stands, with the key for it. */
export const caseActs = ({ case: { status, claimedBy, messageId }, context }: CommandResponse<'report:get'>, me: UserId, admin: boolean): { act: CaseAct; key: string | null }[] => {
  const message = context.find(({ id }) => id === messageId);
  const people: { act: CaseAct; key: string | null }[] = [{ act: 'mute', key: 'm' }, { act: 'ban', key: 'b' }, ...(admin ? [{ act: 'ban-server' as const, key: null }] : [])];
  const hides: { act: CaseAct; key: string | null }[] = message && (message.hidden || message.body !== null) ? [{ act: message.hidden ? 'restore' : 'hide', key: 'h' }] : [];
  if (status === 'closed') return [...hides, ...people];
  const claims: { act: CaseAct; key: string | null }[] = status === 'claimed' && claimedBy === me ? [{ act: 'release', key: 'r' }] : [{ act: 'claim', key: 'c' }];
  return [...claims, ...hides, ...people, { act: 'uphold', key: 'u' }, { act: 'dismiss', key: 'd' }];
};

const decides = (act: CaseAct): boolean => act === 'uphold' || act === 'dismiss';

const MINUTE_MS = 60_000;

/** One case: its reports, what was said round it, and what is known of the person. */
export const CaseDetail = ({ detail, me, admin, nameOf, busy, error, told, backHref, headingRef, onAct, onLift }: CaseDetailProps) => {
  const { detail: text, queue, acts, categories } = useConsoleStrings();
  const now = useNow(MINUTE_MS);
  const { case: subject, reports, context, record } = detail;
  const labels: Readonly<Record<CaseAct, string>> = {
    claim: text.claim, release: text.release, hide: acts.hide, restore: acts.restore, mute: acts.mute, ban: acts.ban, 'ban-server': acts.banServer, uphold: text.uphold, dismiss: text.dismiss,
  };
  const possible = caseActs(detail, me, admin);
  const button = ({ act, key }: (typeof possible)[number]) => (
    <Button key={act} variant={act === 'uphold' ? 'primary' : 'quiet'} disabled={busy} aria-keyshortcuts={key ?? undefined} onClick={() => onAct(act)}>
      {labels[act]}{key !== null && <kbd className={styles.key} aria-hidden="true">{key}</kbd>}
    </Button>
  );
  return (
    <article className={styles.detail} aria-label={queue.ofMessage(isolate(subject.userName))}>
      <header className={styles.header}>
        <a className={styles.back} href={backHref} aria-label={text.back} title={text.back}><BackIcon size={22} /></a>
        <div className={styles.heading}>
          <h2 ref={headingRef} tabIndex={-1} className={styles.title} dir="auto">{subject.messageId === null ? subject.userName : queue.ofMessage(isolateRtl(subject.userName))}</h2>
          <p className={styles.note}><bdi>{text.in(subject.roomName)}</bdi> · {queue.reports(subject.reports)} · {queue.waiting(waitText(now - subject.openedAt))}</p>
          <p className={styles.note}><Status subject={subject} me={me} nameOf={nameOf} now={now} /></p>
        </div>
      </header>
      <div className={styles.acts} role="group" aria-label={text.actions}>
        {possible.filter(({ act }) => !decides(act)).map(button)}
        {possible.some(({ act }) => decides(act)) && <div className={styles.decisions}>{possible.filter(({ act }) => decides(act)).map(button)}</div>}
      </div>
      <p className={styles.told} role="status">{told}</p>
      {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
      <div className={styles.columns}>
        <Section title={text.context}>
          {context.length === 0
            ? <p className={styles.note}>{text.noContext}</p>
            : <ol className={styles.context}>{context.map((message) => <Context key={message.id} message={message} now={now} reported={message.id === subject.messageId} ofSubject={message.by === subject.userId} />)}</ol>}
        </Section>
        <Section title={text.reports}>
          <ul className={styles.reports}>
            {reports.map((report) => (
              <li key={report.id}>
                <p><strong>{wordFor(categories, report.category) ?? categories.other}</strong> <span className={styles.note}><bdi>{text.by(report.by === null ? text.system : report.byName)}</bdi> · <time dateTime={isoOf(report.at)}>{endOf(report.at, now)}</time></span></p>
                {report.remark === '' ? <p className={styles.note}>{text.noRemark}</p> : <p className={styles.remark} dir="auto">{report.remark}</p>}
              </li>
            ))}
          </ul>
        </Section>
        <Section title={text.record}>
          {record === null ? <p className={styles.note}>{text.noRecord}</p> : <CaseRecord record={record} roomId={subject.roomId} nameOf={nameOf} busy={busy} onLift={onLift} />}
        </Section>
      </div>
    </article>
  );
};

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className={styles.section} aria-label={title}>
    <h3 className={styles.subtitle}>{title}</h3>
    {children}
  </section>
);

const Status = ({ subject: { status, claimedBy, claimedUntil, decision, decidedBy, decidedAt }, me, nameOf, now }: { subject: CaseView; me: UserId; nameOf: (id: UserId) => string; now: number }) => {
  const { queue, detail: text } = useConsoleStrings();
  if (status === 'closed' && decision) return text.decided(queue.decisions[decision], decidedBy === null ? text.system : decidedBy === me ? text.you : isolateRtl(nameOf(decidedBy)), decidedAt === null ? '' : momentOf(decidedAt));
  if (claimedBy === null) return queue.statuses[status];
  return `${claimedBy === me ? queue.claimedByYou : queue.claimedBy(isolateRtl(nameOf(claimedBy)))}${claimedUntil === null ? '' : ` ${text.claimedUntil(endOf(claimedUntil, now))}`}`;
};

const Context = ({ message, now, reported, ofSubject }: { message: ContextMessage; now: number; reported: boolean; ofSubject: boolean }) => {
  const { detail: text } = useConsoleStrings();
  return (
    <li className={`${styles.message} ${reported ? styles.reported : ''}`} aria-current={reported ? 'true' : undefined}>
      <p className={styles.said}>
        <bdi className={ofSubject ? styles.subject : undefined}>{message.name}</bdi>
        <time className={styles.note} dateTime={isoOf(message.at)}>{endOf(message.at, now)}</time>
        {reported && <span className={styles.tag}>{text.reported}</span>}
        {message.hidden && <span className={styles.tag}>{text.hidden}</span>}
      </p>
      {message.body === null ? <em className={styles.note}>{text.deleted}</em> : <MessageBody body={message.body} />}
    </li>
  );
};
