#!/usr/bin/env bash
# Serves the real better-auth (serve.mjs) in the Node.js of the test deployments, until standard input ends.
# DATABASE_URL, AUTH_SECRET, and SESSION_STORE where it has a secondary storage, come from the environment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../packages.sh"
install_node_packages "$here/../../differential/better-auth" "$ROLLCALL_DEPLOY_DIR/better-auth"
install_node_packages "$here/../../snippets" "$ROLLCALL_DEPLOY_DIR/snippet-packages"
exec "$node" "$here/serve.mjs" "$ROLLCALL_DEPLOY_DIR/better-auth" "$ROLLCALL_DEPLOY_DIR/snippet-packages"
