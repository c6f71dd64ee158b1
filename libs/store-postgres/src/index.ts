export { PostgresStore, type PostgresStoreOptions } from './postgres-store.ts';
export { ingest, type IngestOptions } from './ingest/ingest.ts';
export type { ArrivedEntry, Mark, Outcome, RoomResult } from './ingest/result.ts';
export { PROJECTIONS, type Projection } from './project/projection.ts';
export { rebuildProjections } from './rebuild.ts';
export { listLost, recordLost } from './lost-events.ts';
export { absorbArchive } from './absorb-archive.ts';
export { archivedEvents, hasArchived } from './archived.ts';
export { WatermarkMoved, halt, haltedOf, highestMarksOf, readMarks, recordTrimmed, untrimmedOf, type Untrimmed } from './watermarks.ts';
