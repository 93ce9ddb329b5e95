#!/usr/bin/env bash
# Runs a throw-away MariaDB server for a test: unprivileged, loopback TCP only, own data directory, random password.
# Prints one line of JSON when it accepts connections:
#   {"url","host","port","user","password","caFile"|null,"pid"}
# and runs until its standard input ends or it gets SIGTERM or SIGINT; then server and data are gone. If this script
# itself is killed, the server stops too. It takes two commands on standard input, one a line:
#   kill    ends the server at once, without a word to its clients, and prints {}
#   start   starts it again, with its data and on its port, and prints the line of JSON
# Usage: mariadb-server.sh [--tls] [--file-limit KIB] [DIR]
#   --tls         the server has a certificate for localhost, 127.1 and 127.0.0.1 by a CA of its own (caFile) and refuses
#                 unencrypted connections
#   --file-limit  no file of the server grows beyond that many KiB: as on a full disk (12,288 at least)
#   DIR           where to put the data (made, and removed at the end; default: a temporary folder)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/throwaway.sh"

read_options "$@"
program=$(PATH=$PATH:/usr/sbin command -v mariadbd) || fail 'no MariaDB server is installed (Debian package: mariadb-server)'
make_directory mariadb "$directory"
stop_at_end KILL # there is nothing to save

password=$(random_password)
ca_file=
# A folder of its own for temporary tables, for the installation too: a server that starts removes those of others from
# a shared one.
mkdir "$directory/tmp"
settings=(--no-defaults --datadir="$directory/data" --tmpdir="$directory/tmp" --bind-address=127.0.0.1 --socket="$directory/socket" --skip-name-resolve
  --skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=16M --innodb-log-file-size=4M --max-connections=60
  --character-set-server=utf8mb4 --performance-schema=OFF)
if $tls; then
  make_certificates "$directory"
  ca_file=$directory/ca.pem
  settings+=(--ssl-cert="$directory/server.pem" --ssl-key="$directory/server.key" --ssl-ca="$ca_file"
    --require-secure-transport=ON)
fi
# One account, from everywhere that can reach it, in place of those that the installation makes.
cat >"$directory/accounts.sql" <<SQL
DELETE FROM mysql.global_priv WHERE User IN ('', 'root');
FLUSH PRIVILEGES;
CREATE OR REPLACE USER 'admin'@'%' IDENTIFIED BY '$password';
GRANT ALL PRIVILEGES ON *.* TO 'admin'@'%' WITH GRANT OPTION;
SQL
give_to_unprivileged "$directory"
(cd / && exec_unprivileged KILL mariadb-install-db --no-defaults --datadir="$directory/data" --tmpdir="$directory/tmp" --skip-test-db \
  --auth-root-authentication-method=normal --innodb-log-file-size=4M >"$directory/install.log" 2>&1) ||
  { cat "$directory/install.log" >&2; fail 'mariadb-install-db failed (above)'; }

# Starts the server on $port; false where it does not come up.
start_server() {
  rm -f "$directory/server.log" # what the server before it said is no answer
  (cd / && limit_files "$file_limit" &&
    exec_unprivileged KILL "$program" "${settings[@]}" --port="$port" "$@" >"$directory/server.log" 2>&1) &
  server=$!
  for _ in $(seq 300); do
    if grep -q 'ready for connections' "$directory/server.log" 2>/dev/null; then return 0; fi
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}
answer() {
  local suffix=
  if $tls; then suffix="?ssl-mode=VERIFY_IDENTITY&ssl-ca=$ca_file"; fi
  printf '{"url":"mysql://admin:%s@127.0.0.1:%s/mysql%s","host":"127.0.0.1","port":%s,"user":"admin","password":"%s","caFile":%s,"pid":%s}\n' \
    "$password" "$port" "$suffix" "$port" "$password" "$([ -n "$ca_file" ] && printf '"%s"' "$ca_file" || echo null)" "$server"
}

start_on_free_port --init-file="$directory/accounts.sql"
obey_commands KILL
