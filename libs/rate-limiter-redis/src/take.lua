--[[
  Takes tokens from one bucket, on the clock of this server, and refills it.

  A bucket is one number: when it will be full again, in microseconds since 1970. A bucket that is full is no key:
  the key expires at that very moment.

  KEYS[1]  the bucket
  ARGV[1]  microseconds one token takes to come back
  ARGV[2]  tokens a full bucket holds
  ARGV[3]  tokens needed: at most ARGV[2]
  ARGV[4]  tokens wished for: at least ARGV[3]

  Returns the tokens taken, from ARGV[3] to ARGV[4]; or, if there are too few, nothing is taken and it returns
  0 - the milliseconds until there are ARGV[3].
]]
local per, burst, need, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local full = tonumber(redis.call('GET', KEYS[1]) or now)
-- Later than an empty bucket would be: the clock was set back, or the limit was another one.
full = math.min(math.max(full, now), now + burst * per)

local tokens = burst - (full - now) / per
if tokens < need then
  return -math.max(1, math.ceil((need - tokens) * per / 1000))
end
local taken = math.min(want, math.floor(tokens))
full = full + taken * per
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.max(1, math.ceil((full - now) / 1000)))
return taken
