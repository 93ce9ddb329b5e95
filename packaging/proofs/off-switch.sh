#!/usr/bin/env bash
# Stop pressed in 100 running measurements (ROLLCALL_OFF_SWITCH_RUNS): the last byte is sent within 250 ms, every time.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
export ROLLCALL_OFF_SWITCH_RUNS=${ROLLCALL_OFF_SWITCH_RUNS:-100}
QTEST_FUNCTION_TIMEOUT=600000 exec "$BUILD_DIR/tests/unit/probe/tst_OffSwitch"
