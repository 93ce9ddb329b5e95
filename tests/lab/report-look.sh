#!/usr/bin/env bash
# A complete run on a real deployment of the tests, its report opened in headless Chromium: both colour schemes are
# photographed, and looked at by a program for what an empty or broken page would lack. People look at the pictures too.
# Usage: report-look.sh BUILD_DIR [SAMPLES [FOLDER]]      120 samples a cell; pictures and report go to FOLDER
set -euo pipefail
build=$1 samples=${2:-120} folder=${3:-$build/lab-report}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rollcallctl=$build/app/ctl/rollcallctl
fail() { printf 'report-look: %s\n' "$*" >&2; exit 1; }
chromium=$(command -v chromium || command -v chromium-browser) || fail 'Chromium is not installed (Debian package: chromium)'
source "$here/packages.sh"

place=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-report.XXXXXX")
export XDG_CONFIG_HOME=$place/config XDG_DATA_HOME=$place/data XDG_STATE_HOME=$place/state ROLLCALL_KEY_FILE=$place/keys
trap 'rm -rf "$place"' EXIT
mkdir -p "$folder"

coproc SHOP { exec bash "$here/../deployments/launch.sh" v5-database --users ada; }
shop=$SHOP_PID shop_input=${SHOP[1]}
read -r -t 600 description <&"${SHOP[0]}" || fail 'the deployment did not start'
member() { "$node" -e 'console.log(JSON.parse(process.argv[1])[process.argv[2]])' "$description" "$1"; }

DATABASE_URL=$(member databaseUrl)
export DATABASE_URL
"$rollcallctl" latency run --base-url "$(member baseUrl)" --database-env DATABASE_URL --secret-file "$(member secretFile)" \
  --route / --route /dashboard --modes local,proxy,cached,route,floor --cookies valid,none --samples "$samples" --rate 60 --guards off \
  --budget 'local.p95<20ms' --budget 'proxy.p95<1ms' --yes --format json --out "$folder/run.json" >/dev/null ||
  [ $? -eq 1 ] # a missed budget: the report has to show one
"$rollcallctl" latency report "$folder/run.json" --as html --out "$folder/report.html"
exec {shop_input}>&-
wait "$shop" || fail 'the deployment did not end well'

# Chromium's own files go with the rest; the page may fetch nothing, so it gets no network.
look() {
  "$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-dev-shm-usage --user-data-dir="$place/chromium" \
    --proxy-server=127.0.0.1:9 --window-size=1100,6000 "$@" "file://$folder/report.html" 2>"$place/chromium.log"
}
look --dump-dom >"$place/dom.html" || fail "$(tail -n 5 "$place/chromium.log")"
look --blink-settings=preferredColorScheme=1 --screenshot="$folder/light.png" >/dev/null || fail "$(tail -n 5 "$place/chromium.log")"
look --blink-settings=preferredColorScheme=0 --screenshot="$folder/dark.png" >/dev/null || fail "$(tail -n 5 "$place/chromium.log")"
"$node" "$here/node/look-at-report.mjs" "$folder/run.json" "$place/dom.html" "$folder/light.png" "$folder/dark.png"
printf 'pictures: %s/light.png, %s/dark.png\n' "$folder" "$folder"
