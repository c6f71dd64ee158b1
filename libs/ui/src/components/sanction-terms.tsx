import { useNow } from '../hooks/use-now.ts';
import { useStrings } from '../strings/strings.ts';
import { endOf, fullTimeOf, isoOf } from '../text/clock.ts';
import { TimeLeft } from './time-left.tsx';

export type SanctionTermsProps = { reason: string; until: number | null; ofServer?: boolean };

const MINUTE_MS = 60_000;

/** Until when, and why: for whom it is against. */
export const SanctionTermsText = ({ reason, until, ofServer = false }: SanctionTermsProps) => {
  const { standing } = useStrings().moderation;
  const now = useNow(MINUTE_MS);
  return (
    <>
      <p>
        {until === null
          ? (ofServer ? standing.forGoodServer : standing.forGood)
          : <><time dateTime={isoOf(until)} title={fullTimeOf(until)}>{standing.until(endOf(until, now))}</time>{' '}(<TimeLeft until={until} text={standing.left} />)</>}
      </p>
      {reason !== '' && <p>{standing.reason} <q dir="auto">{reason}</q></p>}
    </>
  );
};
