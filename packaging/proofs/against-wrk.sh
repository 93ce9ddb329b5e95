#!/usr/bin/env bash
# The probe beside wrk on known delays, on a freezing server, and beside wrk and autocannon in processor time: 10 alternating blocks (ROLLCALL_LAB_BLOCKS).
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
exec bash "$SOURCE_DIR/tests/lab/against-wrk.sh" "$BUILD_DIR" "${ROLLCALL_LAB_BLOCKS:-10}" "${ROLLCALL_LAB_SECONDS:-2}"
