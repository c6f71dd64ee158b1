export { FINDINGS, type Finding, type FindingKind } from './findings.ts';
export { witnessOf, type LogWitness } from './log-check.ts';
export { TooMuch } from './too-much.ts';
export { verifyRoom, type VerifiedRoom, type VerifyOptions } from './verify-room.ts';
