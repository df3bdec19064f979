-- Answers one question about the queue KEYS[1]. ARGV and the answer are names
-- and values in turn: see Question.arguments and Sight.read in Go. Without a
-- key it does nothing: sent like that it is loaded for a whole round trip.
--
-- It only reads, and what it reads is bounded. No command may fail that need
-- not: the server counts errors inside a script like any other.
if #KEYS == 0 then return 'loaded' end

local key = KEYS[1]
local kind = redis.pcall('TYPE', key)
local lookups = 1
if kind.ok == 'none' then
  return {'type', 'none', 'lookups', lookups} -- as of most queues most of the time
end

local MOST_LOOKED_AT = 1048576 -- bytes of entries that are copied into Lua, if they are more than one
local MOST_AT_ONCE = 100       -- entries that one command is asked for
local MOST_PAGES = 100         -- commands for the entries of one kind
local BEGINNING = 4096         -- bytes that are sent of an entry that is too long
local SMALLEST_CUT = 256       -- bytes of an entry that are of any use
local LONGEST_ID = 64          -- bytes of a member; of a longer one its hash is sent
local FRAME = 16               -- bytes that the protocol adds to an ID or a score
local CLOSE = 100              -- entries behind a marker among which an equal one counts

local want = {}
for i = 1, #ARGV, 2 do want[ARGV[i]] = ARGV[i + 1] end
local bytes = tonumber(want.bytes)
local left = bytes -- what may still be sent of it

local answer = {}
local biggest = 0 -- bytes of the biggest entry that was copied into Lua

local function tell(name, value)
  answer[#answer + 1] = name
  answer[#answer + 1] = value
end

-- Each command looks the key up exactly once.
local function ask(command, first, ...)
  lookups = lookups + 1
  local reply = redis.pcall(command, first, ...)
  if type(reply) == 'table' and reply.err then
    if first ~= key then command = command .. ' ' .. first end
    error({command, reply.err})
  end
  return reply
end

local function map(list)
  local m = {}
  for i = 1, #list, 2 do m[list[i]] = list[i + 1] end
  return m
end

-- An entry is sent as its size, its text or the beginning of it, and its score.
local function entry(text, most, score)
  local sent = string.sub(text, 1, most)
  left = left - #sent
  return {#text, sent, score}
end

local function tell_end(name, text, score)
  biggest = math.max(biggest, #text)
  local most = math.floor(bytes / 4)
  if #text > most then most = math.min(most, BEGINNING) end
  tell(name, entry(text, most, score))
end

-- A pager says how many entries to get next: one at first, then twice as many
-- each time, unless that were too much if all were as big as the biggest.
local function pager()
  local pages, looked, longest = 0, 0, 1
  return {
    size = function(wanted)
      if pages == MOST_PAGES then return 0 end
      pages = pages + 1
      local fit = math.floor((MOST_LOOKED_AT - looked) / longest)
      return math.max(0, math.min(wanted, 2 ^ (pages - 1), MOST_AT_ONCE, fit))
    end,
    saw = function(text)
      looked = looked + #text
      longest = math.max(longest, #text)
      biggest = math.max(biggest, #text)
    end,
  }
end

-- Gets entries page by page with get(from, to), in which each step-th is a text
-- and what is between is its score, and passes them on while take wants more.
local function each(wanted, step, get, take)
  local page, from = pager(), 0
  local n = page.size(wanted)
  while n > 0 do
    local list = get(from, from + n - 1)
    for i = 1, #list, step do
      page.saw(list[i])
      if not take(list[i], step == 2 and list[i + 1] or nil) then return end
    end
    from = from + n
    n = page.size(wanted - from)
  end
end

-- The newest entries are sent whole if together they are not too much, and
-- otherwise cut to equal shares.
local function tell_newest(length, step, get)
  local texts, scores, sum = {}, {}, 0
  each(math.min(tonumber(want.newest), length), step, get, function(text, score)
    texts[#texts + 1], scores[#texts + 1] = text, score
    sum = sum + #text
    return true
  end)
  local share, count, most = math.min(math.floor(bytes / 2), left), #texts, MOST_LOOKED_AT
  if sum > share then
    most = math.max(math.floor(share / count), SMALLEST_CUT)
    count = math.min(count, math.floor(share / most))
  end
  local newest = {}
  for i = 1, count do newest[i] = entry(texts[i], most, scores[i]) end
  tell('newest', newest)
end

-- A taker of members keeps what is sent of them; it wants no more when there
-- are as many as were asked for, or there is no room left.
local function taker(list)
  local most = tonumber(want.members)
  return function(text, score)
    local size = FRAME + math.min(#text, LONGEST_ID) + (score and FRAME + #score or 0)
    if most == 0 or left < size then return false end
    most, left = most - 1, left - size
    list[#list + 1] = #text > LONGEST_ID and redis.sha1hex(text) or text
    list[#list + 1] = score
    return true
  end
end

local function tell_members(list, all)
  tell('members', list)
  tell('all_members', all and 1 or 0)
end

local function tell_indexed_members(length, step, get)
  local list = {}
  each(math.min(tonumber(want.members), length), step, get, taker(list))
  tell_members(list, #list == length * step)
end

-- Where an entry is that was at an end of the list, nothing if it is too far
-- from there: the number of entries before it, and whether it is there twice.
local function tell_place(name, length, marker, direction)
  local at = ask('LPOS', key, marker, 'RANK', direction, 'MAXLEN', want.span)
  if not at then
    tell(name, {})
    return nil
  end
  local before = direction > 0 and at or length - 1 - at
  local again = ask('LPOS', key, marker, 'RANK', 2 * direction, 'MAXLEN', before + 1 + CLOSE)
  tell(name, {before, again and 1 or 0})
  return before
end

-- Whoever has sent the marker knows the entry if that is still at its end. The
-- result is the entry if it had to be got; only is that of a list of one entry.
local function look_at_end(name, length, index, direction, only)
  local before
  if want[name] then before = tell_place(name .. '_at', length, want[name], direction) end
  if not want.ends or before == 0 then return nil end
  local text = only or ask('LINDEX', key, index)
  tell_end(name, text)
  return text
end

local function look_at_list()
  local length = ask('LLEN', key)
  tell('length', length)
  local first = look_at_end('head', length, 0, 1)
  look_at_end('tail', length, -1, -1, length == 1 and first)
  local function from_head(from, to) return ask('LRANGE', key, from, to) end
  local function from_tail(from, to)
    local list, back = ask('LRANGE', key, -1 - to, -1 - from), {}
    for i = #list, 1, -1 do back[#back + 1] = list[i] end
    return back
  end
  if want.members then tell_indexed_members(length, 1, from_head) end
  if want.newest then tell_newest(length, 1, want.at_tail and from_tail or from_head) end
end

local function look_at_set()
  local length = ask('SCARD', key)
  tell('length', length)
  if not want.members then return end
  local list, page, cursor = {}, pager(), '0'
  local take = taker(list)
  repeat
    local n = page.size(length)
    if n == 0 then break end
    local reply = ask('SSCAN', key, cursor, 'COUNT', n)
    cursor = reply[1]
    for _, member in ipairs(reply[2]) do
      page.saw(member)
      if not take(member) then cursor = '0' end
    end
  until cursor == '0'
  tell_members(list, #list == length)
end

local function look_at_sorted_set()
  local length = ask('ZCARD', key)
  tell('length', length)
  local function lowest(from, to) return ask('ZRANGE', key, from, to, 'WITHSCORES') end
  local function highest(from, to) return ask('ZRANGE', key, from, to, 'REV', 'WITHSCORES') end
  if want.ends then
    local low = lowest(0, 0)
    tell_end('head', unpack(low))
    tell_end('tail', unpack(length > 1 and highest(0, 0) or low))
  end
  if want.members then tell_indexed_members(length, 2, lowest) end
  if want.newest then tell_newest(length, 2, highest) end
end

-- Finds the ID of the first entry after another. Entries come with their
-- fields, there is no way around it: after too many bytes it gives up.
local function follower()
  local found, looked = {}, 0
  return function(id)
    if found[id] == nil and looked < MOST_LOOKED_AT then
      local first = ask('XRANGE', key, '(' .. id, '+', 'COUNT', 1)[1]
      found[id] = first and first[1] or false
      for _, field in ipairs(first and first[2] or {}) do looked = looked + #field end
    end
    return found[id]
  end
end

local function look_at_groups(last)
  local groups, after = {}, follower()
  for _, reply in ipairs(ask('XINFO', 'GROUPS', key)) do
    local g = map(reply)
    left = left - #g.name - FRAME
    if #groups == tonumber(want.groups) or left < 0 then break end
    local oldest = g.pending > 0 and ask('XPENDING', key, g.name, '-', '+', 1)[1] or {}
    local upcoming = g['last-delivered-id'] ~= last and after(g['last-delivered-id'])
    groups[#groups + 1] = {
      g.name, g.consumers, g.pending, g['entries-read'] or false, g.lag or false,
      oldest[1] or false, oldest[3] or false, upcoming or false,
    }
  end
  tell('groups', groups)
end

local function look_at_stream()
  local info = map(ask('XINFO', 'STREAM', key))
  tell('length', info.length)
  tell('added', info['entries-added'] or false)
  local first = info['first-entry']
  tell('first', first and first[1] or false)
  tell('groups_in_all', info.groups)
  if want.groups and info.groups > 0 then look_at_groups(info['last-generated-id']) end
end

local look_at = {list = look_at_list, set = look_at_set, zset = look_at_sorted_set, stream = look_at_stream}

-- Under an LFU policy the server does not know for how long a key was idle.
local function tell_idle()
  local known, idle = pcall(ask, 'OBJECT', 'IDLETIME', key)
  if known then
    tell('idle', idle)
  elseif not string.find(idle[2], 'LFU', 1, true) then
    error(idle)
  end
end

local function look()
  if kind.err then error({'TYPE', kind.err}) end
  tell('type', kind.ok)
  if not look_at[kind.ok] then return end
  tell('ttl', ask('PTTL', key))
  if want.idle then tell_idle() end
  look_at[kind.ok]()
end

local fine, failure = pcall(look)
if not fine then
  tell('failed', type(failure) == 'table' and failure or {'the script', failure})
end
tell('biggest', biggest)
tell('lookups', lookups)
return answer
