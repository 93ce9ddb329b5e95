#!/usr/bin/env bash
# A complete run on a real deployment, its report opened in headless Chromium, light and dark (needs the package chromium).
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
exec bash "$SOURCE_DIR/tests/lab/report-look.sh" "$BUILD_DIR" "${ROLLCALL_LAB_SAMPLES:-400}" "${ROLLCALL_LAB_REPORT:-$BUILD_DIR/lab-report}"
