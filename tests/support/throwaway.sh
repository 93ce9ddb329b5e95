# Sourced, not run: what the scripts of throw-away database servers share. It brings unprivileged.sh along.
source "$(dirname "${BASH_SOURCE[0]}")/unprivileged.sh"

# Ends the script with a word why.
fail() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; exit 1; }

# Reads the command line of a server's script: [--tls] [--file-limit KIB] [--standby-of PORT] [DIR]. Sets `tls`, `file_limit`,
# `standby_of` and `directory`.
read_options() {
  tls=false file_limit=unlimited standby_of= directory=
  while [ $# -gt 0 ]; do
    case $1 in
      --tls) tls=true ;;
      --file-limit) file_limit=$2; shift ;;
      --standby-of) standby_of=$2; shift ;;
      -*) fail "unknown option $1" ;;
      *) directory=$1 ;;
    esac
    shift
  done
}

# Makes the folder DIR, or a temporary one of that NAME, and sets `directory` to it. It is removed when the last process
# that holds descriptor 5 is gone: the calling script and its server, however they end. Sets `remover` to who does it.
# Usage: make_directory NAME [DIR]
make_directory() {
  directory=${2:-}
  if [ -z "$directory" ]; then
    directory=$(mktemp -d "/var/tmp/rollcall-$1.XXXXXX")
  elif [ -e "$directory" ]; then
    fail "$directory exists already; the data directory is made and removed by this script"
  else
    mkdir -p "$directory"
  fi
  exec 5> >(trap '' TERM INT; exec >/dev/null; cat; rm -rf "$directory")
  remover=$!
  chmod 0700 "$directory"
}

# Writes ca.pem, the certificate of a CA of its own, and by it server.pem and server.key for localhost, 127.0.0.1 and
# 127.1. The last means 127.0.0.1 to the resolver but is not loopback as written: to tests it is a host elsewhere.
# For clients: client.pem by the same CA with client.key, the same key as locked.key under the password `open sesame`, and
# stranger.pem with stranger.key, which no CA vouches for.
# Usage: make_certificates FOLDER
make_certificates() {
  local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  openssl req -x509 "${key[@]}" -days 2 -subj '/CN=Rollcall test CA' -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null
  openssl req "${key[@]}" -subj '/CN=localhost' -keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null
  openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 2 \
    -extfile <(printf 'subjectAltName=DNS:localhost,DNS:127.1,IP:127.0.0.1') -out "$1/server.pem" 2>/dev/null
  openssl req "${key[@]}" -subj '/CN=Rollcall test client' -keyout "$1/client.key" -out "$1/client.csr" 2>/dev/null
  openssl x509 -req -in "$1/client.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 2 -out "$1/client.pem" \
    2>/dev/null
  openssl pkcs8 -topk8 -in "$1/client.key" -passout 'pass:open sesame' -out "$1/locked.key"
  openssl req -x509 "${key[@]}" -days 2 -subj '/CN=stranger' -keyout "$1/stranger.key" -out "$1/stranger.pem" 2>/dev/null
  chmod 0600 "$1"/*.key
}

# A password nobody can guess.
random_password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# A port that the kernel says is free. Somebody else may take it before the server does: then the server ends, and
# another has to be tried.
free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }

# Lets no file of this (sub)shell and of what it runs grow beyond KIB kibibytes, or beyond nothing where it is
# `unlimited`: a write that goes too far comes back short or with an error, as on a full disk.
# Usage: limit_files KIB
limit_files() {
  [ "$1" = unlimited ] && return
  trap '' XFSZ # else the first such write ends the server
  ulimit -f "$1"
}

# The life of a server. The script has two functions for it: start_server [ARGUMENT...] starts it on $port as process
# $server, false where it does not come up by its log in $directory; answer prints the line of JSON about it.

# Ends the server, where one runs.
# Usage: stop_server SIGNAL
stop_server() {
  if [ -n "${server:-}" ]; then
    kill "-$1" "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}

# Lets the script's end, however it comes, stop the server by SIGNAL and wait until the folder of make_directory is gone.
# Usage: stop_at_end SIGNAL
stop_at_end() {
  trap "stop_server $1; exec 5>&-; wait \"\$remover\" || true" EXIT
  trap 'exit 0' TERM INT
}

# start_server with those arguments on a free port. Sets `port`.
start_on_free_port() {
  local attempt
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    if start_server "$@"; then return; fi
    if kill -0 "$server" 2>/dev/null || [ "$attempt" -eq 5 ]; then
      cat "$directory/server.log" >&2
      fail 'the server does not come up (log above)'
    fi
  done
}

# Says the answer and obeys the commands on standard input until that ends: kill, which stops the server by SIGNAL, and start.
# Usage: obey_commands SIGNAL
obey_commands() {
  local command
  answer
  while IFS= read -r command; do
    case $command in
      kill)
        stop_server "$1"
        echo '{}' ;;
      start)
        start_server || { cat "$directory/server.log" >&2; fail 'the server does not come up again (log above)'; }
        answer ;;
      *) fail "unknown command $command" ;;
    esac
  done
  if [ -n "$server" ] && ! kill -0 "$server" 2>/dev/null; then
    cat "$directory/server.log" >&2
    fail 'the server ended by itself (log above)'
  fi
}
