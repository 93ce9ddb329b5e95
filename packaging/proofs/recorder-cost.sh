#!/usr/bin/env bash
# What recording a latency costs against push_back on a reserved vector (at most 5 times), in 128 KiB.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
exec "$BUILD_DIR/tests/lab/rollcall_recorder"
