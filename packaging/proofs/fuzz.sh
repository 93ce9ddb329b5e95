#!/usr/bin/env bash
# Every fuzz target for ten minutes (ROLLCALL_FUZZ_SECONDS) from a random seed, and what each ran and found.
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
seconds=${ROLLCALL_FUZZ_SECONDS:-600}
cd "$SOURCE_DIR"
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz

place=$SOURCE_DIR/build/fuzz/tests/fuzz
failed=0
table=$(mktemp)
trap 'rm -f "$table"' EXIT
for source in tests/fuzz/fuzz_*.cpp; do
  target=$(basename "$source" .cpp)
  target=${target#fuzz_}
  log=$place/$target.log
  outcome=held
  ROLLCALL_SEED=0 bash tests/fuzz/run.sh "$place" "$target" "$seconds" >"$log" 2>&1 || outcome=FAILED failed=1
  if [ "$outcome" = FAILED ]; then tail -n 40 "$log" >&2; fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  grown=$(sed -n 's/^stat::new_units_added: *//p' "$log")
  printf '%-14s %12s runs %8s new inputs   every promise %s\n' "$target" "${runs:-?}" "${grown:-?}" "$outcome" | tee -a "$table"
done
printf '\n'
cat "$table"
exit "$failed"
