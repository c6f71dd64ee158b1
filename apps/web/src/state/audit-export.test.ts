import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '@parley/protocol';
import { auditCsv, auditJson } from './audit-export.ts';

const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({ id: '1', at: 0, act: 'member.banned', by: null, roomId: null, userId: null, messageId: null, reason: 'spam', detail: '', until: null, ...more });

describe('the exported audit log', () => {
  it('has a line for its columns and one for each entry', () => {
    expect(auditCsv([entry(), entry({ id: '2', until: 60_000 })])).toBe([
      'id,at,act,by,userId,roomId,messageId,reason,detail,until', '1,1970-01-01T00:00:00.000Z,member.banned,,,,,spam,,', '2,1970-01-01T00:00:00.000Z,member.banned,,,,,spam,,1970-01-01T00:01:00.000Z', '',
    ].join('\r\n'));
  });

  it.each([['=1+1', "'=1+1"], ['@x', "'@x"], ['-2', "'-2"], ['a "b", c', '"a ""b"", c"'], ['two\nlines', '"two\nlines"'], ['=A1,"x"', '"\'=A1,""x"""']])('keeps %j from being more than text', (reason, cell) => {
    expect(auditCsv([entry({ reason })])).toContain(`,,,,,${cell},,\r\n`);
  });

  it('takes a moment that no calendar has', () => {
    expect(auditCsv([entry({ at: Number.MAX_SAFE_INTEGER })])).toContain('+275760-09-13');
  });

  it('is one object a line as JSON', () => {
    expect(auditJson([entry(), entry({ id: '2' })]).trimEnd().split('\n').map((line) => (JSON.parse(line) as AuditEntry).id)).toEqual(['1', '2']);
  });
});
