# Sourced, not run: how the test servers shed root. PostgreSQL refuses to run as root, and no server of a test needs it.

# Replaces this (sub)shell by a command that runs as the caller, or as `nobody` where the caller is root.
# It gets SIGNAL when its parent ends, however that ends: no server outlives its test.
# Usage: exec_unprivileged SIGNAL COMMAND [ARGUMENT...]
exec_unprivileged() {
  local signal=$1
  shift
  if [ "$(id -u)" -eq 0 ]; then
    exec setpriv --reuid=nobody --regid="$(id -gn nobody)" --clear-groups --pdeathsig="$signal" -- env HOME=/nonexistent "$@"
  fi
  exec setpriv --pdeathsig="$signal" -- "$@"
}

# Hands a folder to the user that exec_unprivileged runs commands as.
give_to_unprivileged() {
  if [ "$(id -u)" -eq 0 ]; then chown -R "nobody:$(id -gn nobody)" "$@"; fi
}
