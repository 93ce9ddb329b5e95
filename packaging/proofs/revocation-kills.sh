#!/usr/bin/env bash
# A revocation of 100,000 rows, killed 100 times at random moments: revoked = planned, nothing twice, audit unbroken.
# ROLLCALL_KILL_ROWS, ROLLCALL_KILLS, ROLLCALL_KILL_BATCH (rows a transaction, at most: 100).
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
export ROLLCALL_KILL_ROWS=${ROLLCALL_KILL_ROWS:-100000} ROLLCALL_KILLS=${ROLLCALL_KILLS:-100} ROLLCALL_KILL_BATCH=${ROLLCALL_KILL_BATCH:-100}
QTEST_FUNCTION_TIMEOUT=7200000 exec "$BUILD_DIR/tests/ctl/tst_CtlOperations" killedAtRandomMomentsNothingIsLostOrDoneTwice
