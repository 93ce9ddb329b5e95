#!/usr/bin/env bash
# Runs a not-before module with the real database clients: ask.mjs in the Node.js of the test deployments.
# Usage: ask.sh MODULE          (its addresses come from the environment: DATABASE_URL, REDIS_URL, …)
#        ask.sh --packages      installs the packages only
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../deployments/packages.sh"
packages=$ROLLCALL_DEPLOY_DIR/snippet-packages
install_node_packages "$here" "$packages"
if [ "${1:-}" = --packages ]; then exit 0; fi
exec "$node" "$here/ask.mjs" "$packages" "$1"
