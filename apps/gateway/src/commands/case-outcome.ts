import { ProtocolError, type CaseView } from '@parley/protocol';

/** The case as it is after a change, or why it was not changed. */
export const caseAfter = (outcome: CaseView | 'claimed' | 'unclaimed' | 'closed' | null): CaseView => {
  if (outcome === null) throw new ProtocolError('case_not_found');
  if (outcome === 'claimed') throw new ProtocolError('claimed');
  if (outcome === 'unclaimed') throw new ProtocolError('conflict', 'claim the case first: nobody has it, or no longer');
  if (outcome === 'closed') throw new ProtocolError('conflict', 'the case is closed');
  return outcome;
};
