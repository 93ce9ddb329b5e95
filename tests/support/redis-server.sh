#!/usr/bin/env bash
# Runs a throw-away Redis server for a test: unprivileged, loopback only, own directory, nothing saved. Prints one line
# of JSON when it answers, {"port","pid"}, and runs until its standard input ends or it gets SIGTERM or SIGINT. If this
# script itself is killed, the server stops too.
# Usage: redis-server.sh DIR PORT [CONFIGURATION...]   DIR is made, and removed at the end; CONFIGURATION as redis-server takes it
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/unprivileged.sh"

fail() { printf 'redis-server: %s\n' "$*" >&2; exit 1; }

command -v redis-server >/dev/null || fail 'no Redis server is installed (Debian package: redis-server)'
[ $# -ge 2 ] || fail 'usage: redis-server.sh DIR PORT [CONFIGURATION...]'
directory=$1 port=$2
shift 2
[ ! -e "$directory/data" ] || fail "$directory/data exists already"
mkdir -p "$directory/data"
chmod 0755 "$directory"
give_to_unprivileged "$directory"
server=
clean_up() {
  if [ -n "$server" ]; then
    kill -KILL "$server" 2>/dev/null || true # there is nothing to save
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$directory/data"
}
trap clean_up EXIT
trap 'exit 0' TERM INT

(cd "$directory/data" && exec_unprivileged KILL redis-server --bind 127.0.0.1 --port "$port" --dir "$directory/data" \
  --save '' --appendonly no --daemonize no "$@" >"$directory/data/log" 2>&1) &
server=$!
for _ in $(seq 200); do
  if grep -q 'Ready to accept connections' "$directory/data/log" 2>/dev/null; then break; fi
  kill -0 "$server" 2>/dev/null || { cat "$directory/data/log" >&2; fail 'the server ended by itself (log above)'; }
  sleep 0.05
done
grep -q 'Ready to accept connections' "$directory/data/log" || { cat "$directory/data/log" >&2; fail 'the server does not come up (log above)'; }
printf '{"port":%s,"pid":%s}\n' "$port" "$server"

# Background commands get no standard input unless it is handed to them.
exec 3<&0
(exec setpriv --pdeathsig=KILL cat <&3 >/dev/null) &
reader=$!
wait -n "$reader" "$server" || true
kill "$reader" 2>/dev/null || true
