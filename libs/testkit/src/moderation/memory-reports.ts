import { StoreUnavailable, type Reports } from '@parley/domain';

const notYet = async (): Promise<never> => { throw new StoreUnavailable('not built yet'); };

export class MemoryReports implements Reports {
  report: Reports['report'] = notYet;
  cases: Reports['cases'] = notYet;
  caseOf: Reports['caseOf'] = notYet;
  caseDetail: Reports['caseDetail'] = notYet;
  claim: Reports['claim'] = notYet;
  release: Reports['release'] = notYet;
  decide: Reports['decide'] = notYet;
  record: Reports['record'] = notYet;
}
