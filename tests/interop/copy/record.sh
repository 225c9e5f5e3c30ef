#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records the fixtures of this folder from an empty database: record.sh DATABASE [psql options].
set -eu
here=$(cd "$(dirname "$0")" && pwd)
database=$1
shift
run() { PGOPTIONS='-c intervalstyle=iso_8601 -c timezone=UTC -c extra_float_digits=1' psql -v ON_ERROR_STOP=1 -qAt -F '	' -P null='\N' "$@" "$database"; }
run "$@" -f "$here/record.sql"
columns='id, b, i2, i4, i8, o, x8, f4, f8, n10_2, n38_10, n38_0, n_any, n_big, n_neg, n_small, pr, t, vc, c, by, d, ts, tz, tm, ttz, iv, u, j, jb, e, m, bt, vb, ine, ci, ma, m8, lsn, ti, ai, at, an, ae, ap::text[], co, r4, rn, h, p::text, tv::text, x::text'
run "$@" -c "COPY (SELECT $columns FROM all_types ORDER BY id) TO STDOUT (FORMAT binary)" >"$here/all_types.copy"
run "$@" -c "SELECT attname, atttypid::int8, atttypmod FROM pg_attribute WHERE attrelid = 'all_types'::regclass AND attnum > 0 ORDER BY attnum" >"$here/all_types.columns"
sed -n '/return R"(/,/)";/p' "$here/../../../src/postgres/type_mapping.cc" | sed 's/.*R"(//; s/)";.*//' >/tmp/type_query.$$
run "$@" -f /tmp/type_query.$$ >"$here/all_types.types"
rm /tmp/type_query.$$
expression() { # column -> the text that the test makes of it
  case $1 in
  b) printf '%s\n' "b::int::text" ;;
  f4) printf '%s\n' "encode(float4send(f4), 'hex')" ;;
  f8) printf '%s\n' "encode(float8send(f8), 'hex')" ;;
  c) printf '%s\n' "replace(convert_from(bpcharsend(c), 'utf8'), E'\\t', '\\t')" ;;
  t) printf '%s\n' "replace(t, E'\\t', '\\t')" ;;
  by) printf '%s\n' "encode(by, 'hex')" ;;
  n_neg | n38_0) printf '%s\n' "$1::text" ;;
  d) printf '%s\n' "(d - date '1970-01-01')::text" ;;
  ts | tz) printf '%s\n' "trunc(extract(epoch from $1) * 1000000)::text" ;;
  tm) printf '%s\n' "trunc(extract(epoch from tm) * 1000000)::text" ;;
  ine) printf '%s\n' "CASE WHEN ine IS NOT NULL THEN format('%s', ine) END" ;;
  m) printf '%s\n' "m::numeric(19,2)::text" ;;
  n_small) printf '%s\n' "n_small::numeric(4,4)::text" ;;
  ai | at | ae) printf '%s\n' "array_to_json($1)::text" ;;
  an) printf '%s\n' "CASE WHEN an IS NOT NULL THEN coalesce((SELECT json_agg(v::text ORDER BY i)::text FROM unnest(an) WITH ORDINALITY AS q(v, i)), '[]') END" ;;
  ap) printf '%s\n' "array_to_json(ap::text[])::text" ;;
  co) printf '%s\n' "CASE WHEN co IS DISTINCT FROM NULL THEN json_build_array((co).a, (co).b, (SELECT json_agg(v::text ORDER BY i) FROM unnest((co).c) WITH ORDINALITY AS q(v, i)))::text END" ;;
  r4) printf '%s\n' "CASE WHEN r4 IS NOT NULL THEN json_build_array(lower(r4), upper(r4), lower_inc(r4)::int, upper_inc(r4)::int, isempty(r4)::int)::text END" ;;
  rn) printf '%s\n' "CASE WHEN rn IS NOT NULL THEN json_build_array(lower(rn)::text, upper(rn)::text, lower_inc(rn)::int, upper_inc(rn)::int, isempty(rn)::int)::text END" ;;
  h) printf '%s\n' "hstore_to_json(h)::text" ;;
  *) printf '%s\n' "$1::text" ;;
  esac
}
: >"$here/all_types.expected"
for column in $(cut -f1 "$here/all_types.columns"); do
  run "$@" -c "SELECT row_number() OVER (ORDER BY id) - 1, '$column', $(expression "$column") FROM all_types ORDER BY id" >>"$here/all_types.expected"
done
