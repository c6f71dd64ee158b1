import { StoreUnavailable, type Audit } from '@parley/domain';

export class MemoryAudit implements Audit {
  audit: Audit['audit'] = async () => { throw new StoreUnavailable('not built yet'); };
}
