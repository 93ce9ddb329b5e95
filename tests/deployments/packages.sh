# Sourced, not run: packages from npm for scripts of their own beside the deployments.
# Brings place.sh along and sets `node`, the Node.js that the deployments run in.
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
node=$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node

# Installs the deployments' packages, `node` among them, and into FOLDER what the lock file in SOURCE names, unless it is there.
# Scripts that run side by side wait for each other.
# Usage: install_node_packages SOURCE FOLDER
install_node_packages() {
  bash "$(dirname "${BASH_SOURCE[0]}")/build.sh" --packages >&2
  mkdir -p "$2"
  (
    exec 9>"$2/.lock"
    flock 9
    if ! cmp -s "$1/package-lock.json" "$2/.installed"; then
      cp "$1/"{package.json,package-lock.json,.npmrc} "$2"
      cd "$2"
      npm ci >install.log 2>&1 || { cat install.log >&2; exit 1; }
      cp package-lock.json .installed
    fi
  )
}
