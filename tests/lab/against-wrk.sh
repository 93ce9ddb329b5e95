#!/usr/bin/env bash
# The probe beside wrk on servers whose delay is known, in alternating blocks; its p99 against the truth of a server that
# freezes 400 ms every 4 s; its processor time for a request beside wrk's and autocannon's. Every block is printed, then a table.
# A ratio is met where the 95 % interval of the median of its blocks reaches into the band (with fewer than 6 blocks
# there is no interval: the table then says so and judges nothing).
# Rows of the table: p50-1ms and p50-20ms, the probe's median beside wrk's; p99-freeze, its p99 beside the truth;
# cpu-per-request and cpu-autocannon, its processor time for a request beside theirs where every answer has another head
# of a session call; not judged, beside wrk's: cpu-with-figures, the same for the whole process, and cpu-same-head, the
# first where every head is the same; not judged, beside both: cpu-nginx and cpu-autocannon-nginx, where the same 108
# bytes have the short head that nginx gives them, as clients are commonly compared. Judged is what the probe is for.
# The probe's processor time is that of its process from the first request to the last. In it: sending, receiving, taking
# each head apart, recording. Not in it: what guards do (rates, breakers, the search for the token in each answer: they
# are off, as a guarded run is never at full speed), other modes than route, TLS.
# Usage: against-wrk.sh BUILD_DIR [BLOCKS [SECONDS]]      10 blocks of 2 seconds
set -euo pipefail
build=$1 blocks=${2:-10} seconds=${3:-2}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rollcallctl=$build/app/ctl/rollcallctl server=$build/tests/lab/rollcall_delay_server
command -v wrk >/dev/null || { echo 'against-wrk: wrk is not installed' >&2; exit 1; }
source "$here/packages.sh"

place=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-wrk.XXXXXX")
export XDG_CONFIG_HOME=$place/config XDG_DATA_HOME=$place/data XDG_STATE_HOME=$place/state
trap 'rm -rf "$place"' EXIT

# with_server ARGUMENTS -- COMMAND...: runs the command with $port set to a server of those arguments.
with_server() {
  local arguments=()
  while [ "$1" != -- ]; do arguments+=("$1"); shift; done
  shift
  coproc SERVER { exec "$server" "${arguments[@]}"; }
  local pid=$SERVER_PID input=${SERVER[1]}
  read -r -t 10 port <&"${SERVER[0]}" || { echo 'against-wrk: the server did not start' >&2; exit 1; }
  "$@"
  exec {input}>&-
  wait "$pid"
}

# What the rows about processor time are measured on: 108 bytes of JSON with the headers of a real deployment's
# /api/auth/session (Next.js 16, Auth.js 5) or with nginx's, their Date renewed each second. Of the former, as behind a
# proxy that numbers requests, and as where sessions are JWTs, no two heads are the same: the server writes another number
# for each row of 16 @, once in X-Request-Id and all through the token in Set-Cookie. Every client sends the same cookie
# and Accept.
# The server of the other rows answers two bytes with two headers, as they are about time.
cookie_name=authjs.session-token
jwe_head=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0.. # then 384 characters, as of a token with a name and an address
cookie=$cookie_name=$jwe_head$(for part in 1 2 3; do sha512sum <<<"$part" | cut -c1-128; done | tr -d '\n')
accept='application/json, */*;q=0.1'
printf '%s' "$cookie" >"$place/cookie"
json='{"user":{"name":"Ada K. M. Byron-Lovelace","email":"ada@shop.example"},"expires":"2026-12-22T14:00:00.000Z"}'
{
  printf '%s\r\n' 'HTTP/1.1 200 OK' 'Server: nginx/1.22.1' 'Date: Sun, 22 Nov 2026 14:00:00 GMT' \
    'Content-Type: application/json' "Content-Length: ${#json}" 'Connection: keep-alive' ''
  printf '%s' "$json"
} >"$place/nginx-answer"
# answer REQUEST_ID TOKEN
answer() {
  printf '%s\r\n' 'HTTP/1.1 200 OK' \
    'Vary: rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch, Accept-Encoding' \
    'cache-control: private, no-cache, no-store' 'content-type: application/json' 'expires: 0' 'pragma: no-cache' \
    "X-Request-Id: $1" \
    "set-cookie: $cookie_name=$jwe_head$2; Path=/; Expires=Tue, 22 Dec 2026 14:00:00 GMT; HttpOnly; SameSite=Lax" \
    'Date: Sun, 22 Nov 2026 14:00:00 GMT' 'Connection: keep-alive' 'Keep-Alive: timeout=5' 'Transfer-Encoding: chunked' '' \
    '6c' "$json" \
    '0' ''
}
answer @@@@@@@@@@@@@@@@ "$(printf '@%.0s' {1..384})" >"$place/answer"
answer 0000000000000000 "$(printf '0%.0s' {1..384})" >"$place/same-answer"

# probe FLAGS...: a run of route mode against $port, into run.json.
probe() {
  "$rollcallctl" latency run --base-url "http://127.0.0.1:$port" --route / --modes route --guards off --warmup 20 \
    --format json --out "$place/run.json" "$@" >/dev/null
}

# With wrk first in every other block, so that neither always runs on the warmer machine.
known_delay() {
  local name=$1 connections=$2 block
  for block in $(seq "$blocks"); do
    if [ $((block % 2)) = 0 ]; then probe --cookie none --concurrency "$connections" --duration "${seconds}s"; fi
    wrk -t1 -c"$connections" -d"$seconds" --latency "http://127.0.0.1:$port/" >"$place/wrk.txt"
    if [ $((block % 2)) = 1 ]; then probe --cookie none --concurrency "$connections" --duration "${seconds}s"; fi
    "$node" "$here/node/wrk-table.mjs" block "$name" "$place/run.json" "$place/wrk.txt" | tee -a "$place/blocks"
  done
}

frozen() {
  local block
  for block in $(seq "$1"); do
    probe --cookie none --rate 200 --arrival constant --duration "$2s"
    "$node" "$here/node/wrk-table.mjs" frozen p99-freeze "$place/run.json" 360 | tee -a "$place/blocks"
  done
}

# Processor seconds of what runs in the given command. What starting up costs is taken off by a shorter run. The probe's
# own count for the time that it measures is the one judged; the last row, unjudged, has what the whole process takes,
# working out intervals, checks and the document included.
processor() { local TIMEFORMAT='%3U %3S'; { time "$@" >/dev/null 2>&1; } 2>&1 | tr ',' '.' | awk '{ print $1 + $2 }'; }
# cost ANSWERS CLIENT...: of which answers (nginx, session or same-head); wrk, and autocannon where it is wanted
cost() {
  local answers=$1 block length client
  shift
  for block in $(seq "$blocks"); do
    for length in "$seconds" $((3 * seconds)); do
      local until=(--samples 1)
      [ "$length" = "$seconds" ] || until=(--duration "${length}s")
      processor probe --cookie-file "$place/cookie" --concurrency 64 "${until[@]}" >"$place/probe-$length"
      cp "$place/run.json" "$place/run-$length.json"
      for client in "$@"; do
        processor "${client}_into" "$length" >"$place/$client-$length"
      done
    done
    "$node" "$here/node/wrk-table.mjs" cost "$answers" "$place" "$seconds" $((3 * seconds)) | tee -a "$place/blocks"
  done
}
autocannon_into() {
  "$node" "$ROLLCALL_LAB_NODE_DIR/node_modules/autocannon/autocannon.js" -c 64 -d "$1" --json --no-progress \
    -H "Cookie: $cookie" -H "Accept: $accept" \
    "http://127.0.0.1:$port/" >"$place/autocannon-$1.json"
}
wrk_into() { wrk -t1 -c64 -d"$1" --latency -H "Cookie: $cookie" -H "Accept: $accept" "http://127.0.0.1:$port/" | tee "$place/wrk-$1.txt"; }

echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, $blocks blocks of $seconds s"
with_server 1000 -- known_delay p50-1ms 1
with_server 20000 -- known_delay p50-20ms 8
with_server 0 400 4000 -- frozen "$blocks" $((blocks < 6 ? 8 : 24))
with_server 0 "$place/nginx-answer" -- cost nginx wrk autocannon
with_server 0 "$place/answer" -- cost session wrk autocannon
with_server 0 "$place/same-answer" -- cost same-head wrk
"$node" "$here/node/wrk-table.mjs" table "$place/blocks"
