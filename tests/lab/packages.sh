# Sourced, not run: installs what reads our files back, and sets ROLLCALL_LAB_NODE_DIR and node.
lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$lab/../deployments/packages.sh"
export ROLLCALL_LAB_NODE_DIR=$ROLLCALL_DEPLOY_DIR/lab-packages
install_node_packages "$lab/node" "$ROLLCALL_LAB_NODE_DIR"
