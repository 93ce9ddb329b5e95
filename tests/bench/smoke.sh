#!/usr/bin/env bash
# A short run of the comparison: every row that is asked for is there, with a time on both sides.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../deployments/place.sh"
answer=$(bash "$here/side-by-side.sh" --json --short)
"$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node" -e '
  const { rows } = JSON.parse(process.argv[1])
  for (const name of ["decode-v4", "decode-v5", "resolve-v4", "resolve-v5", "cache-hit"])
    if (!rows.some((row) => row.name === name)) throw new Error(`the row ${name} is missing`)
  for (const { name, nodeNs, rollcallNs } of rows)
    if (!(nodeNs > 0 && rollcallNs > 0)) throw new Error(`the row ${name} has no time: ${nodeNs}, ${rollcallNs}`)' "$answer"
