#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A throw-away PostgreSQL on loopback, for tests.
#
#   postgres.sh              starts it, prints its URL in one line, stops it when standard input
#                            ends: it never outlives the program that holds the other end
#   postgres.sh -- COMMAND…  runs COMMAND with TARN_TEST_POSTGRES set to the URL, then stops it
#
# Exit code 77: the server's programs are not installed (TARN_POSTGRES_BIN, then the usual places).
set -euo pipefail

find_programs() {
  local folder
  for folder in "${TARN_POSTGRES_BIN:-}" /usr/lib/postgresql/{15,16,17,18,14}/bin; do
    if [[ -n $folder && -x $folder/initdb ]]; then
      echo "$folder"
      return
    fi
  done
  folder=$(dirname "$(command -v initdb || true)")
  [[ $folder != . && -x $folder/postgres ]] && echo "$folder"
}

programs=$(find_programs) || {
  echo "PostgreSQL is not installed" >&2
  exit 77
}
folder=$(mktemp -d "${TMPDIR:-/tmp}/tarn-postgres-XXXXXX")
as_server=()
if [[ $(id -u) == 0 ]]; then
  # The server refuses to run as root.
  user=${TARN_POSTGRES_USER:-postgres}
  as_server=(setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --)
  chown "$user" "$folder"
fi

server=
stop_server() {
  trap - EXIT INT TERM HUP
  if [[ -n $server ]]; then
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap stop_server EXIT
trap 'exit 1' INT TERM HUP

start_server() {
  local port=$1
  (cd "$folder" && exec "${as_server[@]}" "$programs/postgres" -D "$folder/data" -p "$port" \
    -k "$folder" -c listen_addresses=127.0.0.1 -c wal_level=logical -c fsync=off \
    -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB \
    -c max_connections=60 -c max_replication_slots=10 -c max_wal_senders=10 \
    -c autovacuum=off -c timezone=UTC) >"$folder/server.log" 2>&1 </dev/null &
  server=$!
}

accepts_connections() {
  "$programs/pg_isready" -q -h 127.0.0.1 -p "$1"
}

cd "$folder"
"${as_server[@]}" "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 \
  --locale=C.UTF-8 --no-sync --no-instructions >"$folder/initdb.log" 2>&1 || {
  cat "$folder/initdb.log" >&2
  exit 1
}
# The role `tarn_with_password`, if a test makes it, has to tell its password.
cat >"$folder/data/pg_hba.conf" <<'RULES'
host  all         tarn_with_password 127.0.0.1/32 scram-sha-256
local all         all                             trust
host  all         all                127.0.0.1/32 trust
host  replication all                127.0.0.1/32 trust
RULES

url=
for _ in 1 2 3 4 5 6; do
  port=$((20000 + RANDOM % 30000))
  accepts_connections "$port" && continue
  start_server "$port"
  for _ in $(seq 300); do
    if ! kill -0 "$server" 2>/dev/null; then
      server=
      break
    fi
    if [[ -e $folder/.s.PGSQL.$port ]] && accepts_connections "$port"; then
      url="postgresql://postgres@127.0.0.1:$port/postgres"
      break 2
    fi
    sleep 0.05
  done
done
if [[ -z $url ]]; then
  cat "$folder/server.log" >&2
  exit 1
fi

cd - >/dev/null
if [[ ${1:-} == -- ]]; then
  shift
  status=0
  TARN_TEST_POSTGRES=$url "$@" || status=$?
  exit "$status"
fi
echo "$url"
cat >/dev/null
