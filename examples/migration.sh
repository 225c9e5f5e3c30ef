#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main job, once: a throw-away Postgres with a table of generated customers becomes an Iceberg
# table in a lake of local files. Called by `./dev demo`; leaves nothing behind unless KEEP is set.
#
#   examples/migration.sh [--trino] [CUSTOMERS]     default 100000
#
# With --trino the lake's catalog is in Postgres, and a real Trino reads and changes the same table.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tarn=${TARN:-$root/dist/bin/tarn}
with_trino=
[[ ${1:-} != --trino ]] || { with_trino=yes; shift; }
customers=${1:-100000}

if [[ -z ${TARN_TEST_POSTGRES:-} ]]; then
  # The server lives as long as this script.
  exec "$root/tests/services/postgres.sh" -- "${BASH_SOURCE[0]}" ${with_trino:+--trino} "$customers"
fi

# shellcheck source=steps.sh
source "$root/examples/steps.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/tarn-demo-XXXXXX")
trap '[[ -n ${KEEP:-} ]] || rm -rf "$work"' EXIT
cd "$work"
# What the shell has set must not point the demo at another lake.
unset TARN_LAKEHOUSE

server=$TARN_TEST_POSTGRES
psql=$(command -v psql || ls /usr/lib/postgresql/*/bin/psql | tail -n 1)
"$psql" -q "$server" -c 'CREATE DATABASE burst'
url=${server%/*}/burst

step "A source: Postgres with $customers customers" \
  "The table burst_bank.customer has 17 columns; custkey and dob are texts, as in the original."
"$psql" -q "$url" -v ON_ERROR_STOP=1 -v customers="$customers" -f "$root/examples/burst_bank/customer.sql"
"$psql" "$url" -c 'SELECT custkey, first_name, last_name, city, estimated_income, registration_date
                   FROM burst_bank.customer ORDER BY custkey LIMIT 3'

python=${TARN_PYTHON:-${TARN_CACHE:-$HOME/.cache/tarn}/python/bin/python3}
if [[ -n $with_trino ]]; then
  step "A real Trino 476 and a lake whose catalog is in Postgres" "This takes about half a minute."
  if "$python" "$root/tests/trino/trino.py" start "$work/trino.json" >"$work/trino.log" 2>&1; then
    "$python" "$root/tests/trino/trino.py" lakehouse "$work/trino.json" >"$work/tarn.yml"
    show cat "$work/tarn.yml"
  else
    printf '%s' "$bold"; cat "$work/trino.log"; printf '%s' "$plain"
    with_trino=
  fi
fi
trino() { TARN_TEST_TRINO=$work/trino.json "$python" "$root/tests/trino/trino.py" sql "$1"; }

layout=(--partition-by 'month(registration_date)' --sort-by custkey)

step "What a migration would do" \
  "Nothing is read yet: the types of the columns, what could be lost, the layout, the size."
show "$tarn" migrate "$url" --table burst_bank.customer --into lake.burst_bank "${layout[@]}" --dry-run

step "The migration" \
  "Read in parallel from one consistent state of the source; written as Parquet, partitioned by the" \
  "month of registration and sorted by customer; published by one commit. --verify has both sides" \
  "compute checksums of every column before the table becomes visible."
show "$tarn" migrate "$url" --table burst_bank.customer --into lake.burst_bank "${layout[@]}" --verify

step "The table in the lake"
show "$tarn" describe lake.burst_bank.customer

step "Its history" "One migration, one snapshot."
show "$tarn" history lake.burst_bank.customer

if [[ -n $with_trino ]]; then
  customer=lake.burst_bank.customer
  step "What the real Trino sees" "The same table, by its own Iceberg connector."
  show trino "SELECT count(*) AS customers, min(registration_date) AS first, max(registration_date) AS last FROM $customer"
  show trino 'SELECT partition, record_count, file_count FROM lake.burst_bank."customer$partitions" LIMIT 3'
  step "Trino changes it, Tarn reads on" "An UPDATE of Trino writes position deletes and new rows."
  show trino "UPDATE $customer SET city = upper(city) WHERE custkey IN (SELECT custkey FROM $customer ORDER BY custkey LIMIT 5)"
  show "$tarn" history $customer
elif "$python" -c 'import pyiceberg' 2>/dev/null; then
  step "What another program sees" "PyIceberg opens the same catalog and reads the same rows."
  "$python" "$root/examples/burst_bank/look.py" "$work/lake"
else
  printf '\n(PyIceberg is not installed: `./dev deps test` brings it, to see the table with its eyes.)\n'
fi

step "Done"
if [[ -n ${KEEP:-} ]]; then echo "The lake is in $work/lake"; else
  echo "The server and the lake are gone again; KEEP=1 keeps the lake."
fi
