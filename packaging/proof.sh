#!/usr/bin/env bash
# Runs a proof at its full size and prints its table. test.sh runs the same things at a size of seconds.
# Usage: proof.sh NAME|all      without an argument it lists the proofs
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
proofs=$SOURCE_DIR/packaging/proofs

if [ $# -ne 1 ]; then
  echo 'usage: proof.sh NAME|all, with one of these names:'
  # The second line of a proof says what it proves.
  for proof in "$proofs"/*.sh; do printf '  %-14s %s\n' "$(basename "$proof" .sh)" "$(sed -n '2s/^# //p' "$proof")"; done
  exit 2
fi

chosen=("$proofs/$1.sh")
if [ "$1" = all ]; then chosen=("$proofs"/*.sh); fi
[ -f "${chosen[0]}" ] || fail "there is no proof called $1; without an argument this script lists them"

headline 'Packages'
install_packages build run npm test
headline "Release build in $BUILD_DIR"
build_release

failed=()
for proof in "${chosen[@]}"; do
  headline "Proof: $(basename "$proof" .sh)"
  BUILD_DIR=$BUILD_DIR bash "$proof" || failed+=("$(basename "$proof" .sh)")
done
headline 'Done'
[ ${#failed[@]} -eq 0 ] || fail "not proven: ${failed[*]}"
