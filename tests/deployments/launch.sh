#!/usr/bin/env bash
# Makes sure that the test deployments are built, then runs one or all of them; see README.md for the options and the answer.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/place.sh"
bash "$here/build.sh"
exec "$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node" "$here/launcher/launch.mjs" "$@"
