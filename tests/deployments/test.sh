#!/usr/bin/env bash
# Builds the deployments where needed and runs deployments.test.mjs on them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/place.sh"
bash "$here/build.sh"
exec "$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node" --test --test-reporter=spec "$here/deployments.test.mjs"
