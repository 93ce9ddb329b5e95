#!/usr/bin/env bash
# How long sessions outlive their revocation on simulated caches: estimated by trials, beside the model, within 3 %.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
exec "$BUILD_DIR/tests/lab/rollcall_propagation" "${ROLLCALL_LAB_TRIALS:-40000}"
