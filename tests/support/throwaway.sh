# Sourced, not run: what the scripts of throw-away database servers share. It brings unprivileged.sh along.
source "$(dirname "${BASH_SOURCE[0]}")/unprivileged.sh"

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
