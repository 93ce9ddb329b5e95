#!/usr/bin/env bash
# A revocation of 100,000 rows, killed 100 times at random moments: revoked = planned, nothing twice, audit unbroken.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
export ROLLCALL_KILL_ROWS=${ROLLCALL_KILL_ROWS:-100000} ROLLCALL_KILLS=${ROLLCALL_KILLS:-100}
QTEST_FUNCTION_TIMEOUT=7200000 exec "$BUILD_DIR/tests/ctl/tst_CtlOperations" killedAtRandomMomentsNothingIsLostOrDoneTwice
