#!/usr/bin/env bash
# The engine against the real packages on 100,000 requests (ROLLCALL_DIFFERENTIAL_COUNT) from a random seed.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
ROLLCALL_SEED=${ROLLCALL_SEED:-0} exec bash "$SOURCE_DIR/tests/differential/run.sh" \
  "$BUILD_DIR/tests/differential/rollcall_differential" --count "${ROLLCALL_DIFFERENTIAL_COUNT:-100000}"
