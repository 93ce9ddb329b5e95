# Sourced, not run: installs what reads our files back, and sets ROLLCALL_LAB_NODE_DIR and node.
lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$lab/../deployments/place.sh"
bash "$lab/../deployments/build.sh" --packages >&2
node=$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node
export ROLLCALL_LAB_NODE_DIR=$ROLLCALL_DEPLOY_DIR/lab-packages
mkdir -p "$ROLLCALL_LAB_NODE_DIR"
(
  exec 9>"$ROLLCALL_LAB_NODE_DIR/.lock"
  flock 9
  if ! cmp -s "$lab/node/package-lock.json" "$ROLLCALL_LAB_NODE_DIR/.installed"; then
    cp "$lab/node/"{package.json,package-lock.json,.npmrc} "$ROLLCALL_LAB_NODE_DIR"
    cd "$ROLLCALL_LAB_NODE_DIR"
    npm ci >install.log 2>&1 || { cat install.log >&2; exit 1; }
    cp package-lock.json .installed
  fi
)
