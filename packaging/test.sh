#!/usr/bin/env bash
# Installs what the tests need, builds Rollcall and the test deployments, and runs every test; closes on CTest's summary.
# The tests themselves start the servers that they need, unprivileged, on free loopback ports. Idempotent.
# Usage: test.sh [CTEST-ARGUMENT...]     for example: test.sh -L unit
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$SOURCE_DIR/tests/deployments/place.sh"

headline 'Packages'
install_packages build run npm test

headline "Release build in $BUILD_DIR, and the test deployments in $ROLLCALL_DEPLOY_DIR beside it"
bash "$SOURCE_DIR/tests/deployments/build.sh" &
deployments=$!
built=true
BUILD_OPTIONS=-DROLLCALL_INSTRUMENTED_TESTS=ON build_release || built=false
wait "$deployments" || fail 'the test deployments could not be built (why is above)'
$built || fail 'Rollcall could not be built (why is above)'

headline 'Tests'
cd "$SOURCE_DIR"
exec ctest --preset release "$@"
