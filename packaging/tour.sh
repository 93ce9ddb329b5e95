#!/usr/bin/env bash
# Walks through Rollcall's demo deployment with the command line: check, count, list, plan a revocation, measure latency.
# Usage: tour.sh ROLLCALLCTL
set -euo pipefail
rollcallctl=$1

place=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-tour.XXXXXX")
# Nothing of the tour is left in the user's own folders or keychain.
export XDG_CONFIG_HOME=$place/config XDG_DATA_HOME=$place/data XDG_STATE_HOME=$place/state ROLLCALL_KEY_FILE=$place/keys
demo=
clean_up() {
  if [ -n "$demo" ]; then kill "$demo" 2>/dev/null && wait "$demo" || true; fi
  rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

mkfifo "$place/announcement"
"$rollcallctl" demo serve --dir "$place/demo" >"$place/announcement" &
demo=$!
if ! read -r -t 60 announcement <"$place/announcement"; then
  echo 'tour: the demo deployment did not start' >&2
  exit 1
fi

# field NAME: a text member of the line that the demo announced itself with.
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$announcement"; }

connection=(--database "$(field databaseUrl)" --base-url "$(field baseUrl)" --secret-file "$(field secretFile)")

# show COMMAND...: prints the command as a person would type it, then runs it on the demo.
show() {
  printf '\n$ rollcallctl %s\n' "$*"
  "$rollcallctl" "$@" "${connection[@]}" --format table
}

echo "The demo deployment answers at $(field baseUrl). Each command below is also given
  ${connection[*]}"
show check
show sessions stats
show sessions list --limit 5
show sessions revoke --all --dry-run
show latency run --route / --modes local,proxy,cached --samples 400 --guards off --concurrency 1 --yes
printf '\nEverything above ran on the embedded demo, which is now stopped and removed.\n'
