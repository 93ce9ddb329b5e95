#!/usr/bin/env bash
# What a chart frame with 4 x 100,000 samples costs against plain QtCharts series (at least 25 times cheaper).
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
exec "$BUILD_DIR/tests/lab/rollcall_chart_frame"
