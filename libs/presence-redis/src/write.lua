-- Writes what changed of one process' users in one room, and tells who watches it.
-- KEYS[1] versions: hash of process to version  KEYS[2] records: hash of user to status, of this process  KEYS[3] channel
-- ARGV[1] process  ARGV[2] version, above all it ever had  ARGV[3] for how long the keys are kept, ms  ARGV[4] message
-- ARGV[5] how many users are gone  ARGV[6…] these users; then user and status of each of the others
-- Returns 1, or 0 if a later version was written already.
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and tonumber(known) >= tonumber(ARGV[2]) then return 0 end
local gone = tonumber(ARGV[5])
for n = 6, 5 + gone do redis.call('HDEL', KEYS[2], ARGV[n]) end
for n = 6 + gone, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[n], ARGV[n + 1]) end
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SPUBLISH', KEYS[3], ARGV[4])
return 1
