#!/usr/bin/env bash
# Compares our engine with the real packages on generated requests; exit 1 where they disagree.
# Usage: run.sh ROLLCALL_DIFFERENTIAL [--count N] [--seed N] [--recipes FILE]      environment: ROLLCALL_SEED stands for --seed
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../deployments/place.sh"
program=$1
shift
bash "$here/../deployments/build.sh" --packages
exec "$program" --node "$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node" ${ROLLCALL_SEED:+--seed "$ROLLCALL_SEED"} "$@"
