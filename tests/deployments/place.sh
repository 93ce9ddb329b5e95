# Sourced, not run: sets ROLLCALL_DEPLOY_DIR, where the deployments are installed and built, unless the caller has set it.
source "$(dirname "${BASH_SOURCE[0]}")/../support/unprivileged.sh"

# The servers run unprivileged, so their user must be able to reach the folder: a checkout under /root, say, is closed to it.
reachable() {
  local folder=$1
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  (exec_unprivileged KILL test -x "$folder")
}

if [ -z "${ROLLCALL_DEPLOY_DIR:-}" ]; then
  checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  ROLLCALL_DEPLOY_DIR=$checkout/build/deployments
  if ! reachable "$ROLLCALL_DEPLOY_DIR"; then
    ROLLCALL_DEPLOY_DIR=/var/tmp/rollcall-deployments-$(printf '%s' "$checkout" | sha256sum | cut -c1-12)
  fi
  unset checkout
fi
export ROLLCALL_DEPLOY_DIR
