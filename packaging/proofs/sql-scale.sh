#!/usr/bin/env bash
# A million sessions each in MariaDB and SQLite (ROLLCALL_SQL_SCALE): pages against hand-written SQL over the same link.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
export ROLLCALL_SQL_SCALE=${ROLLCALL_SQL_SCALE:-1000000} QTEST_FUNCTION_TIMEOUT=3600000
exec "$BUILD_DIR/tests/integration/scale/tst_SqlScale"
