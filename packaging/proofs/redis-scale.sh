#!/usr/bin/env bash
# A million sessions, users and accounts in Redis (ROLLCALL_REDIS_KEYS): SCAN alone, bounded rate, memory and times.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
ROLLCALL_REDIS_KEYS=${ROLLCALL_REDIS_KEYS:-1000000} exec "$BUILD_DIR/tests/integration/store/tst_RedisScale"
