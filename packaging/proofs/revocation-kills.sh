#!/usr/bin/env bash
# A revocation of 100,000 rows, killed 100 times at random moments: revoked = planned, nothing twice, audit unbroken.
# ROLLCALL_KILL_ROWS, ROLLCALL_KILLS, ROLLCALL_KILL_BATCH (rows a transaction, at most: 100), ROLLCALL_KILL_PARTS (8): each run is
# killed within so small a part of the time that a whole one takes, so that a revocation is killed and resumed a dozen times
# and more before it is done, and most of the time does not go by with deleting rows anew.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
export ROLLCALL_KILL_ROWS=${ROLLCALL_KILL_ROWS:-100000} ROLLCALL_KILLS=${ROLLCALL_KILLS:-100} ROLLCALL_KILL_BATCH=${ROLLCALL_KILL_BATCH:-100} ROLLCALL_KILL_PARTS=${ROLLCALL_KILL_PARTS:-8}
QTEST_FUNCTION_TIMEOUT=7200000 exec "$BUILD_DIR/tests/ctl/tst_CtlOperations" killedAtRandomMomentsNothingIsLostOrDoneTwice
