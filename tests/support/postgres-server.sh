#!/usr/bin/env bash
# Runs a throw-away PostgreSQL server for a test: unprivileged, loopback TCP only, own data directory, random password.
# Prints one line of JSON when it accepts connections:
#   {"url","host","port","user","password","caFile"|null,"dataDir","pid"}
# and runs until its standard input ends or it gets SIGTERM or SIGINT; then server and data are gone. If this script
# itself is killed, the server stops too. It takes two commands on standard input, one a line:
#   kill    ends the server at once, without a word to its clients, and prints {}
#   start   starts it again, with its data and on its port, and prints the line of JSON
# Usage: postgres-server.sh [--tls] [--file-limit KIB] [--standby-of PORT] [DIR]
#   --tls         the server has a certificate for localhost, 127.1 and 127.0.0.1 by a CA of its own (caFile) and refuses
#                 unencrypted connections; the database `certified` wants a client certificate by that CA besides
#   --file-limit  no file of the server grows beyond that many KiB: as on a full disk (16,384 at least, a file of its log)
#   --standby-of  a copy of the server of this script on that port of 127.0.0.1, which streams from it and is read only; the
#                 password of that one stands in the environment, as PGPASSWORD, and is this one's too
#   DIR           where to put the data (made, and removed at the end; default: a temporary folder)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/throwaway.sh"

read_options "$@"
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1) || true
[ -n "$programs" ] || fail 'no PostgreSQL server is installed (Debian package: postgresql)'

make_directory postgres "$directory"
stop_at_end INT # a fast shutdown, which does not wait for clients

data=$directory/data
if [ -n "$standby_of" ]; then password=$PGPASSWORD; else password=$(random_password); fi
printf '%s\n' "$password" >"$directory/password"

ca_file=
if $tls; then
  make_certificates "$directory"
  ca_file=$directory/ca.pem
fi

give_to_unprivileged "$directory"
if [ -n "$standby_of" ]; then
  make=("$programs/pg_basebackup" --pgdata="$data" --host=127.0.0.1 --port="$standby_of" --username=postgres
    --write-recovery-conf --checkpoint=fast --no-sync)
else
  make=("$programs/initdb" --pgdata="$data" --username=postgres --pwfile="$directory/password" --auth=scram-sha-256
    --encoding=UTF8 --locale=C.UTF-8 --no-sync)
fi
(cd / && exec_unprivileged KILL "${make[@]}" >"$directory/make.log" 2>&1) ||
  { cat "$directory/make.log" >&2; fail "$(basename "${make[0]}") failed (above)"; }

settings=(-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off
  -c shared_buffers=32MB -c max_connections=60 -c logging_collector=off)
if $tls; then
  settings+=(-c ssl=on -c "ssl_cert_file=$directory/server.pem" -c "ssl_key_file=$directory/server.key"
    -c "ssl_ca_file=$ca_file")
  printf 'hostssl certified all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
hostssl all all 127.0.0.1/32 scram-sha-256\n' >"$data/pg_hba.conf"
else
  printf 'host %s all 127.0.0.1/32 scram-sha-256\n' all replication >"$data/pg_hba.conf"
fi

# Starts the server on $port; false where it does not come up.
start_server() {
  (cd / && limit_files "$file_limit" &&
    exec_unprivileged INT "$programs/postgres" -D "$data" -p "$port" "${settings[@]}" >"$directory/server.log" 2>&1) &
  server=$!
  for _ in $(seq 300); do
    if "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; then return 0; fi
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}
answer() {
  local suffix=
  if $tls; then suffix="?sslmode=verify-full&sslrootcert=$ca_file"; fi
  printf '{"url":"postgresql://postgres:%s@127.0.0.1:%s/postgres%s","host":"127.0.0.1","port":%s,"user":"postgres","password":"%s","caFile":%s,"dataDir":"%s","pid":%s}\n' \
    "$password" "$port" "$suffix" "$port" "$password" "$([ -n "$ca_file" ] && printf '"%s"' "$ca_file" || echo null)" "$data" "$server"
}

start_on_free_port
obey_commands QUIT # an immediate shutdown
