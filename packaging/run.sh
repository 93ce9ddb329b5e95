#!/usr/bin/env bash
# Installs what is missing, builds a release and opens Rollcall on its embedded demo deployment.
# Without a display it says so and shows the same by rollcallctl. Idempotent.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

headline 'Packages'
install_packages build run
headline "Release build in $BUILD_DIR"
build_release rollcall rollcallctl

if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
  headline 'Opening Rollcall on its demo deployment'
  exec "$BUILD_DIR/app/desktop/rollcall" --demo
fi
headline 'There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): the same by rollcallctl'
exec bash "$SOURCE_DIR/packaging/tour.sh" "$BUILD_DIR/app/ctl/rollcallctl"
