#!/usr/bin/env bash
# A run's .hlog and .hgrm read back by hdr-histogram-js: every count of every cell equal (ROLLCALL_LAB_SAMPLES a cell).
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
exec bash "$SOURCE_DIR/tests/lab/read-back.sh" "$BUILD_DIR/app/ctl/rollcallctl" "${ROLLCALL_LAB_SAMPLES:-2000}"
