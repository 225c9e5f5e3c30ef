#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The story of a project: a bank's customers in Postgres, their history kept in a lake, a model for
# reports kept current, on throw-away servers. Called by `./dev demo`; leaves nothing behind unless
# KEEP is set.
#
#   examples/project.sh [--s3] [--trino] [CUSTOMERS]     default 100000
#
# --s3     the lake's files are on a local S3 server
# --trino  afterwards the very same project runs on a real Trino that shares the catalog
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tarn=${TARN:-$root/dist/bin/tarn}
python=${TARN_PYTHON:-${TARN_CACHE:-$HOME/.cache/tarn}/python/bin/python3}
with_trino='' with_s3=''
while [[ ${1:-} == --* ]]; do
  case $1 in
    --trino) with_trino=yes ;;
    --s3) with_s3=yes ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
  shift
done
customers=${1:-100000}

if [[ -z ${TARN_TEST_POSTGRES:-} ]]; then
  # The server lives as long as this script.
  exec "$root/tests/services/postgres.sh" -- "${BASH_SOURCE[0]}" ${with_trino:+--trino} ${with_s3:+--s3} "$customers"
fi
# shellcheck source=steps.sh
source "$root/examples/steps.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/tarn-demo-XXXXXX")
trap '[[ -n ${KEEP:-} ]] || rm -rf "$work"' EXIT
cp -r "$root/examples/burst_bank" "$work/burst_bank"
cd "$work/burst_bank"
# What the shell has set must not point the demo at another lake.
unset TARN_LAKEHOUSE TARN_TARGET

psql=$(command -v psql || ls /usr/lib/postgresql/*/bin/psql | tail -n 1)
server=${TARN_TEST_POSTGRES%/*}
if [[ -n $with_trino ]]; then
  step "A real Trino 476 that shares the lake" "It starts once and takes about half a minute."
  if "$python" "$root/tests/trino/trino.py" start "$work/trino.json" >"$work/trino.log" 2>&1; then
    read -r server warehouse TRINO_PORT < <("$python" -c '
import json, sys
state = json.load(open(sys.argv[1]))
print(state["postgres"], state["warehouse"], state["uri"].rsplit(":", 1)[1])' "$work/trino.json")
    export TRINO_PORT TRINO_HOST=127.0.0.1
    source_database=shop
  else
    printf '%s' "$bold"; cat "$work/trino.log"; printf '%s' "$plain"
    with_trino=''
  fi
fi
if [[ -z $with_trino ]]; then
  source_database=burst warehouse=$work/warehouse
  "$psql" -q "$server/postgres" -c 'CREATE DATABASE burst' -c 'CREATE DATABASE lake'
fi
export ONSITE_POSTGRES=$server/$source_database DEMO_CATALOG=$server/lake DEMO_WAREHOUSE=file://$warehouse
if [[ -n $with_s3 ]]; then
  # It lives as long as the other end of its input is open.
  mkfifo "$work/s3.in" "$work/s3.out"
  "$python" "$root/tests/services/s3.py" <"$work/s3.in" >"$work/s3.out" &
  exec 8>"$work/s3.in"
  read -r DEMO_S3 AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY <"$work/s3.out"
  export DEMO_S3 AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY DEMO_WAREHOUSE=s3://lake/demo
  "$python" - <<'TEXT'
text = open("tarn.yml").read()
s3 = "    s3: {endpoint: 'http://${DEMO_S3}', region: us-east-1, path_style: true, credentials: environment}\n"
mark = "    warehouse: ${DEMO_WAREHOUSE}\n"
open("tarn.yml", "w").write(text.replace(mark, mark + s3))
TEXT
fi
source_sql() { "$psql" -q -v ON_ERROR_STOP=1 "$ONSITE_POSTGRES" "$@"; }
history=demo_aws_s3.dbt_snapshots.postgres_burst_bank_customer_snapshot
consume=demo_aws_s3.burst_bank.dl_customer_consume

step "The source: $customers customers in Postgres" \
  "onsite_postgres.burst_bank.customer has 17 columns; it knows no history."
source_sql -v customers="$customers" -f customer.sql
source_sql -c 'SELECT custkey, first_name, last_name, city, registration_date
               FROM burst_bank.customer ORDER BY custkey LIMIT 3'

step "The project" "dbt's language: a source, a snapshot, an incremental model with tests, a macro." \
  "tarn.yml says where the catalogs onsite_postgres and demo_aws_s3 are."
show cat tarn.yml
show "$tarn" ls

step "The first snapshot" "Every row with the time from which it is valid: one commit."
show "$tarn" snapshot
step "The model for reports" "One row a customer, partitioned by the month of registration, sorted by custkey."
show "$tarn" run --select dl_customer_consume

step "A new customer arrives in Postgres"
insert="INSERT INTO burst_bank.customer VALUES ('99999999', 'Commander', 'Bun Bun', '123 Street', 'Candyland', 'MA', '02108', 'US', '999-999-9999', '2001-01-01', 'male', false, '123-45-6789', false, 51299.55, 850, '1966-09-08')"
printf '%s\n' "$insert"
source_sql -c "$insert"
show "$tarn" snapshot
show "$tarn" run --select dl_customer_consume

step "… and moves"
update="UPDATE burst_bank.customer SET city = 'Starburst' WHERE custkey = '99999999'"
printf '%s\n' "$update"
source_sql -c "$update"
show "$tarn" snapshot
show "$tarn" run --select dl_customer_consume

story="select custkey, city, dbt_updated_at, dbt_valid_from, dbt_valid_to from $history where custkey = '99999999' order by dbt_valid_from"
step "The history of the customer" "Two versions; the first ends when the second begins."
show "$tarn" query "$story"
step "The table for reports" "The newest version only."
show "$tarn" query "select custkey, first_name, last_name, city, state, dbt_valid_from from $consume where custkey = '99999999'"

step "The tests of the project"
show "$tarn" test

step "Nothing has changed" "A snapshot reads the source once and writes nothing: no commit."
show "$tarn" snapshot

step "Where the columns come from"
show "$tarn" lineage dl_customer_consume --columns

step "Time travel" "The model as it was after its first run."
first=$("$tarn" query --output csv "select min_by(snapshot_id, committed_at) from demo_aws_s3.burst_bank.\"dl_customer_consume\$snapshots\"" | tail -n 1 | tr -d '"')
show "$tarn" query "select count(*) as customers from $consume for version as of $first"
show "$tarn" query "select count(*) as customers from $consume"

step "Partition evolution" "New files by year; old ones stay as they are, and queries do not notice."
show "$tarn" query "alter table $consume set properties partitioning = ARRAY['year(registration_date)']"
show "$tarn" query "update $consume set fico = fico where custkey = '99999999'"
show "$tarn" query "select partition, record_count, file_count from demo_aws_s3.burst_bank.\"dl_customer_consume\$partitions\" where partition.registration_date_year is not null"

if [[ -z $with_s3 ]] && "$python" -c 'import pyiceberg, psycopg2' 2>/dev/null; then
  step "What PyIceberg sees" "Another program, the same catalog, the same tables."
  "$python" look_project.py "$DEMO_CATALOG" "$DEMO_WAREHOUSE"
fi

if [[ -n $with_trino && -z $with_s3 ]]; then
  step "The very same project on a real Trino" "Another target, the same catalog: Tarn sends the SQL to the cluster."
  update="UPDATE burst_bank.customer SET city = 'Trinoville' WHERE custkey = '99999999'"
  printf '%s\n' "$update"
  source_sql -c "$update"
  show "$tarn" build --target trino
  step "The history, read by Trino" "Three versions: two written here, one there."
  trino() { TARN_TEST_TRINO=$work/trino.json "$python" "$root/tests/trino/trino.py" sql "$1"; }
  show trino "$story"
  step "… and by Tarn"
  show "$tarn" query "$story"
fi

step "Done"
if [[ -n ${KEEP:-} ]]; then echo "The project is in $work/burst_bank, the lake in $warehouse"; else
  echo "The servers and the lake are gone again; KEEP=1 keeps the files."
fi
