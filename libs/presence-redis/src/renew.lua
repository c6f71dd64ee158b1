-- Renews a process' lease and tells who is alive.
-- KEYS[1] live: sorted set of processes by the end of their lease
-- KEYS[2] era
-- ARGV[1] process  ARGV[2] length of a lease, ms  ARGV[3] an era, if there is none  ARGV[4] '1': its first, '0': it has one
-- ARGV[5] for how long these keys are kept, ms  ARGV[6] how many dead processes to name
-- Returns { 1 if it has a lease now or 0 if it was lost, the era, the live processes, the dead ones and the end of each one's lease in turn }.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[2], ARGV[3], 'NX')
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
local held = 0
if (not ends and ARGV[4] == '1') or (ends and tonumber(ends) > now) then
  held = 1
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return {
  held,
  redis.call('GET', KEYS[2]),
  redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf'),
  redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[6]),
}
