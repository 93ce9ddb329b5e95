#!/usr/bin/env bash
# Runs a not-before module with the real database clients: ask.mjs in the Node.js of the test deployments.
# Usage: ask.sh MODULE          (its addresses come from the environment: DATABASE_URL, REDIS_URL, …)
#        ask.sh --packages      installs the packages only
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../deployments/place.sh"
bash "$here/../deployments/build.sh" --packages >&2
packages=$ROLLCALL_DEPLOY_DIR/snippet-packages
mkdir -p "$packages"
(
  exec 9>"$packages/.lock"
  flock 9
  if ! cmp -s "$here/package-lock.json" "$packages/.installed"; then
    cp "$here/"{package.json,package-lock.json,.npmrc} "$packages"
    cd "$packages"
    npm ci >install.log 2>&1 || { cat install.log >&2; exit 1; }
    cp package-lock.json .installed
  fi
)
if [ "${1:-}" = --packages ]; then exit 0; fi
exec "$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node" "$here/ask.mjs" "$packages" "$1"
