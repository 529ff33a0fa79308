-- wrk: PUT with one body to each target in turn, each with a transaction id of its own. Arguments: targets, body, label.
local targets, label, body, count = {}, nil, nil, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, token = line:match("^(%S+) (%S+)$")
    table.insert(targets, { path = path, token = token })
  end
  body = io.open(args[2]):read("*a")
  label = args[3]
end

function request()
  count = count + 1
  local target = targets[count % #targets + 1]
  local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. target.token }
  return wrk.format("PUT", target.path .. label .. count, headers, body)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"errors":%d}\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
