#!/usr/bin/env bash
# Ten million sessions in PostgreSQL (ROLLCALL_SCALE_SESSIONS): pages against hand-written SQL, frames, cancels, memory.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
sessions=${ROLLCALL_SCALE_SESSIONS:-10000000}

coproc SERVER { exec bash "$SOURCE_DIR/tests/support/postgres-server.sh"; }
read -r -t 120 described <&"${SERVER[0]}" || { echo 'postgres-scale: the server did not start' >&2; exit 1; }
to_server=${SERVER[1]} server=$SERVER_PID
url=$(sed -E 's/.*"url":"([^"]*)".*/\1/' <<<"$described")
psql -Xq "$url" -c 'CREATE DATABASE scale'
url=${url%/postgres}/scale

begun=$SECONDS
psql -Xq "$url" -v "sessions=$sessions" -f "$SOURCE_DIR/tests/data/scale/pg-adapter.sql"
printf 'seeded %s sessions in %s s: %s\n' "$sessions" "$((SECONDS - begun))" \
  "$(psql -XAtq "$url" -c "SELECT pg_size_pretty(pg_database_size('scale'))")"

failed=0
export ROLLCALL_SCALE_URL=$url TZ=UTC LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen
export QTEST_FUNCTION_TIMEOUT=3600000 # a slow round is to be seen, not to end the test
for test in tst_PostgresScale tst_ScaleJourney; do
  "$BUILD_DIR/tests/integration/scale/$test" || failed=1
done

exec {to_server}>&-
wait "$server"
exit "$failed"
