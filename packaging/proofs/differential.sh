#!/usr/bin/env bash
# The engine against the real packages on 100,000 requests (ROLLCALL_DIFFERENTIAL_COUNT) from a random seed, and on a
# tenth as many of Better Auth and of Next.js' matcher.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
count=${ROLLCALL_DIFFERENTIAL_COUNT:-100000}
export BUILD_DIR
for part in better-auth matcher; do
  bash "$SOURCE_DIR/tests/differential/$part/compare.sh" "$RANDOM" $((count / 10))
done
ROLLCALL_SEED=${ROLLCALL_SEED:-0} exec bash "$SOURCE_DIR/tests/differential/run.sh" \
  "$BUILD_DIR/tests/differential/rollcall_differential" --count "$count"
