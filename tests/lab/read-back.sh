#!/usr/bin/env bash
# A run on the embedded demo, its histograms written as .hlog and .hgrm, read back by hdr-histogram-js: all counts equal.
# Usage: read-back.sh ROLLCALLCTL [SAMPLES]
set -euo pipefail
rollcallctl=$1 samples=${2:-2000}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/packages.sh"

place=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-lab.XXXXXX")
trap 'rm -rf "$place"' EXIT
export XDG_CONFIG_HOME=$place/config XDG_DATA_HOME=$place/data XDG_STATE_HOME=$place/state ROLLCALL_KEY_FILE=$place/keys

coproc DEMO { exec "$rollcallctl" demo serve --dir "$place/demo"; }
read -r -t 60 described <&"${DEMO[0]}" || { echo 'read-back: the demo did not start' >&2; exit 1; }
demo=$DEMO_PID
trap 'kill "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; rm -rf "$place"' EXIT
member() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" <<<"$described"; }

"$rollcallctl" latency run --base-url "$(member baseUrl)" --database "$(member databaseUrl)" --secret-file "$(member secretFile)" \
  --route / --route '/dashboard?tab=a,b' --modes local,proxy,cached,route,floor --samples "$samples" --concurrency 2 --guards off \
  --yes --format json --out "$place/run.json" >/dev/null
"$rollcallctl" latency report "$place/run.json" --as csv --samples --out "$place/samples.csv"
"$rollcallctl" latency report "$place/run.json" --as hdr --out "$place/run.hlog"
"$rollcallctl" latency report "$place/run.json" --as hgrm --out "$place/run.hgrm"
"$node" "$here/node/read-back.mjs" "$place/samples.csv" "$place/run.hlog" "$place/run.hgrm"
