import type { ColumnType, Generated } from 'kysely';

type Json<T = unknown> = ColumnType<T, string, string>;
/** bigint columns are parsed to numbers: every one of ours stays below 2^53. */
export type Database = {
  log_entries: { room_id: string; epoch: number; first_seq: number; last_seq: number; log_id: string; position: number; prev_id: string | null; events: Json; stored_at: Generated<Date> };
  log_heads: { room_id: string; epoch: number; shard: string; position: number };
  log_cursors: { consumer: string; room_id: string; epoch: number; position: number; delivered: number; unsettled: Json };
  watermarks: { room_id: string; log_id: string; epoch: number; seq: number; position: number; last_id: string; state: Json; halted: string | null; trimmed: Generated<number> };
  cmids: { room_id: string; by: string; cmid: string; epoch: number; seq: number; id: string };
  rooms: { room_id: string; kind: string; name: string; topic: string; created_at: number; member_count: number; pair: Json | null; slow_mode_ms: Generated<number>; read_only: Generated<boolean> };
  members: { room_id: string; user_id: string; name: string; role: string; joined_seq: number };
  messages: { room_id: string; seq: number; id: string; by: string; name: string; at: number; body: string | null; cmid: string | null; edited_at: number | null; deleted_at: number | null; hidden_at: Generated<number | null>; hidden_reason: Generated<string | null> };
  room_sanctions: { room_id: string; user_id: string; kind: 'mute' | 'ban'; seq: number; reason: string; since: number; until: number | null; by: string | null };
  last_said: { room_id: string; user_id: string; seq: number; at: number };
  users: { id: string; name: string; created_at: Generated<Date> };
  last_seen: { user_id: string; at: number };
  lost_events: { room_id: string; epoch: number; seq: number; id: string; event: Json | null; reason: string; noticed_at: Generated<Date> };
  dead_letters: { id: string; consumer: string; source: string; reason: string; payload: string; at: number };
  cases: {
    id: string; room_id: string; message_id: string | null; user_id: string; opened_at: number; last_report_at: number; reports: number; categories: string[];
    claimed_by: string | null; claimed_until: number | null; decision: string | null; decided_by: string | null; decided_at: number | null; remark: string | null;
  };
  reports: { id: string; case_id: string; by: string | null; cmid: string | null; category: string; remark: string; at: number };
  audit: { id: string; at: number; act: string; by: string | null; room_id: string | null; user_id: string | null; message_id: string | null; reason: string; detail: string; until: number | null };
  server_acts: { serial: number; at: number; by: string | null; cmid: string; body: Json };
  acts_in_force: { user_id: string; kind: string; id: string; serial: number; ends: number | null };
  rule_versions: { version: number; rules: Json; by: string | null; at: Generated<Date> };
  log_home: { one: Generated<boolean>; log_id: string; since: Generated<Date> };
};
