#!/usr/bin/env bash
# The engine against the real packages in Node.js, pgbench and lru-cache: the table of ratios, in rounds on one core.
set -euo pipefail
exec bash "$(dirname "${BASH_SOURCE[0]}")/../../tests/bench/side-by-side.sh"
