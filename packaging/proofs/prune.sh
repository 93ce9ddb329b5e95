#!/usr/bin/env bash
# Prune of a million rows on PostgreSQL: unpaced against one plain DELETE; with the default pacing what a reader notices.
# ROLLCALL_PRUNE_ROWS expired rows (1,000,000) beside a fifth as many live ones, ROLLCALL_PRUNE_ROUNDS deletes by turns (7),
# ROLLCALL_PRUNE_BLOCKS pairs of blocks (12) of ROLLCALL_PRUNE_SECONDS (5: a thousand look-ups) for the reader. Fails where a limit is missed,
# at its full size alone: of a few rows in seconds times say nothing.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
rollcallctl=$BUILD_DIR/app/ctl/rollcallctl
rows=${ROLLCALL_PRUNE_ROWS:-1000000} rounds=${ROLLCALL_PRUNE_ROUNDS:-7}
blocks=${ROLLCALL_PRUNE_BLOCKS:-12} seconds=${ROLLCALL_PRUNE_SECONDS:-5}
live=$((rows / 5))
pgbench=$(ls -d /usr/lib/postgresql/*/bin/pgbench 2>/dev/null | sort -V | tail -n 1)
export PGOPTIONS='-c client_min_messages=warning'

coproc SERVER { exec bash "$SOURCE_DIR/tests/support/postgres-server.sh"; }
read -r -t 120 described <&"${SERVER[0]}" || { echo 'prune: the server did not start' >&2; exit 1; }
to_server=${SERVER[1]} server=$SERVER_PID
url=$(sed -E 's/.*"url":"([^"]*)".*/\1/' <<<"$described")

place=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-proof.XXXXXX")
trap 'rm -rf "$place"' EXIT
# The prunes' audit entries and keys stay out of the user's own folders.
export XDG_CONFIG_HOME=$place/config XDG_DATA_HOME=$place/data XDG_STATE_HOME=$place/state ROLLCALL_KEY_FILE=$place/keys
export PRUNE_URL=$url

sql() { psql -XAtq -v ON_ERROR_STOP=1 "$url" -c "$1"; }

# Rows in the order of their making, as of a deployment that nobody pruned: one in six is live.
seed() {
  psql -XAtq -v ON_ERROR_STOP=1 "$url" >/dev/null <<SQL
TRUNCATE sessions;
INSERT INTO sessions ("sessionToken", "userId", expires)
  SELECT CASE WHEN n % 6 = 0 THEN '11fe0000-0000-4000-8000-' || lpad((n / 6)::text, 12, '0') ELSE md5(n::text)::uuid::text END, 1 + n % 1000,
         now() + CASE WHEN n % 6 = 0 THEN interval '20 days' ELSE interval '-3 days' END
  FROM generate_series(1, $rows + $live) n;
VACUUM ANALYZE sessions;
CHECKPOINT;
SQL
}
now_ms() { local t=$EPOCHREALTIME; echo $(((${t/./}) / 1000)); }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

sql "CREATE TABLE users (id serial PRIMARY KEY, name text, email text UNIQUE, \"emailVerified\" timestamptz, image text);
     CREATE TABLE accounts (id serial PRIMARY KEY, \"userId\" integer NOT NULL, type text NOT NULL, provider text NOT NULL,
       \"providerAccountId\" text NOT NULL);
     CREATE TABLE sessions (id serial PRIMARY KEY, \"sessionToken\" text NOT NULL UNIQUE, \"userId\" integer NOT NULL,
       expires timestamptz NOT NULL) WITH (autovacuum_enabled = false); -- it would clean up beside one and not the other
     INSERT INTO users (name, email) SELECT 'User ' || n, 'u' || n || '@example.test' FROM generate_series(1, 1000) n"

printf '%s expired rows, %s live ones; PostgreSQL %s, %s processors\n\n' "$rows" "$live" "$(sql 'SHOW server_version')" "$(nproc)"
printf '%-8s %14s %16s %8s\n' round 'DELETE (ms)' 'prune (ms)' ratio
delete_plainly() {
  local begun
  seed
  begun=$(now_ms)
  sql "DELETE FROM sessions WHERE expires < now() - interval '24 hours'"
  plain=$(($(now_ms) - begun))
}
prune_unpaced() {
  local begun
  seed
  begun=$(now_ms)
  "$rollcallctl" sessions prune --unpaced --yes --database-env PRUNE_URL --timeout 60 >"$place/answer"
  pruned=$(($(now_ms) - begun))
  grep -q "\"revoked\":$rows[,}]" "$place/answer" || { echo "prune: not all were deleted: $(cat "$place/answer")" >&2; exit 1; }
  [ "$(sql 'SELECT count(*) FROM sessions')" = "$live" ] || { echo 'prune: live rows are missing' >&2; exit 1; }
}
for ((round = 1; round <= rounds; ++round)); do
  # Whichever is first: what the round before left behind must not fall to one of them.
  if [ $((round % 2)) = 1 ]; then delete_plainly; prune_unpaced; else prune_unpaced; delete_plainly; fi
  ratio=$(awk -v a="$pruned" -v b="$plain" 'BEGIN { printf "%.2f", a / b }')
  echo "$ratio" >>"$place/ratios"
  printf '%-8s %14s %16s %8s\n' "$round" "$plain" "$pruned" "$ratio"
done
speed=$(median <"$place/ratios")
printf 'median %41s\n' "$speed"

# A reader looks sessions up as a deployment does, at a steady rate. Latencies in µs, from when a look-up was due.
printf '%s\n' "\\set n random(1, $live)" \
  "SELECT s.*, u.* FROM sessions s JOIN users u ON u.id = s.\"userId\" WHERE s.\"sessionToken\" = '11fe0000-0000-4000-8000-' || lpad(:n::text, 12, '0');" >"$place/lookup.sql"
# read_for NAME: appends p95 and p99 of one block to $place/NAME.
read_for() {
  rm -f "$place"/log.*
  (cd "$place" && "$pgbench" -n -c 1 -T "$seconds" -R 200 -f lookup.sql --log --log-prefix=log "$url" >/dev/null 2>&1)
  cat "$place"/log.* | awk '{ print $3 }' | sort -n |
    awk '{ v[NR] = $1 } END { print v[int(NR * 0.95) + 1], v[int(NR * 0.99) + 1] }' >>"$place/$1"
}
# To the whole of a table that is pruned anew each time it runs low.
seed
for ((block = 1; block <= blocks; ++block)); do
  if [ "$(sql 'SELECT count(*) FROM sessions')" -lt $((live + rows / 4)) ]; then seed; fi
  read_for alone
  "$rollcallctl" sessions prune --yes --database-env PRUNE_URL --timeout 60 >"$place/answer" &
  prune=$!
  sleep 1
  read_for beside
  kill -TERM "$prune" 2>/dev/null || true # it ends at a batch's border
  wait "$prune" || [ $? -eq 130 ] || { echo "prune: $(cat "$place/answer")" >&2; exit 1; }
done
printf '\n%s pairs of blocks of %s s, 200 look-ups a second (medians of the blocks, µs)\n' "$blocks" "$seconds"
printf '%-6s %10s %16s %8s\n' '' alone 'beside a prune' ratio
for quantile in 95 99; do
  column=$((quantile == 95 ? 1 : 2))
  alone=$(awk -v c=$column '{ print $c }' "$place/alone" | median)
  beside=$(awk -v c=$column '{ print $c }' "$place/beside" | median)
  ratio=$(paste "$place/alone" "$place/beside" | awk -v c=$column '{ print $(c + 2) / $c }' | median)
  printf 'p%-5s %10s %16s %8.2f\n' $quantile "$alone" "$beside" "$ratio"
  if [ $quantile = 95 ]; then slower=$ratio; fi
done

failed=0
if [ "$rows" -ge 1000000 ]; then
  awk -v r="$speed" 'BEGIN { exit !(r <= 1.3) }' || { echo "prune: unpaced it takes $speed times a plain DELETE" >&2; failed=1; }
  awk -v r="$slower" 'BEGIN { exit !(r < 1.2) }' || { echo "prune: the reader's p95 is $slower times that without it" >&2; failed=1; }
fi
exec {to_server}>&-
wait "$server"
exit "$failed"
