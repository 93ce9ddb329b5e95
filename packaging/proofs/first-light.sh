#!/usr/bin/env bash
# Rollcall on four real deployments: the integration tests, then latency of three routes by three modes on each.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/release}
source "$SOURCE_DIR/tests/deployments/place.sh"
rollcallctl=$BUILD_DIR/app/ctl/rollcallctl

ctest --test-dir "$BUILD_DIR" -L integration --output-on-failure --no-tests=error

place=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-proof.XXXXXX")
trap 'rm -rf "$place"' EXIT
# The canaries' audit entries and keys stay out of the user's own folders.
export XDG_CONFIG_HOME=$place/config XDG_DATA_HOME=$place/data XDG_STATE_HOME=$place/state ROLLCALL_KEY_FILE=$place/keys

coproc LAUNCHER { exec bash "$SOURCE_DIR/tests/deployments/launch.sh" all; }
read -r -t 300 description <&"${LAUNCHER[0]}" || { echo 'first-light: the deployments did not start' >&2; exit 1; }
to_launcher=${LAUNCHER[1]} launcher=$LAUNCHER_PID

# A line for each deployment: its name and the environment file that it runs with.
list='for (const { app, envFile } of JSON.parse(process.argv[1]).deployments) console.log(app, envFile)'
"$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node" -e "$list" "$description" >"$place/deployments"

failed=0
while read -r app env_file; do
  printf '\n-- %s\n' "$app"
  "$rollcallctl" latency run --env-file "$env_file" --route /api/me --route /dashboard --route /api/orders --modes local,proxy,cached \
    --samples 1000 --duration 60s --guards off --rate 200 --yes --out "$place/$app.json" --format table </dev/null || failed=1
done <"$place/deployments"

exec {to_launcher}>&-
wait "$launcher"
exit "$failed"
