#!/usr/bin/env bash
# Intervals cover the truth, nothing differs from itself, +10 % is found: 1000 simulated runs a row (ROLLCALL_LAB_RUNS).
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
exec "$BUILD_DIR/tests/lab/rollcall_statistics" "${ROLLCALL_LAB_RUNS:-1000}"
