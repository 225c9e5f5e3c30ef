// SPDX-License-Identifier: Apache-2.0
// Hidden functions into which calls with lambdas and aggregates are rewritten, for whoever prints
// them. Their names begin with `$`; no user can write them. Types in signatures are Trino's.
//
// Lambdas are applied by DuckDB's list_transform, and the results go into one of these:
//
//   any_match(l, f)       $any_match(array(boolean)) -> boolean        on list_transform(l, f)
//   all_match, none_match $all_match, $none_match                      likewise
//   filter(l, f)          $filter(array(T), array(boolean)) -> array(T)   l, list_transform(l, f)
//   zip_with(a, b, f)     list_transform over zip(a, b): array(row(A, B)), padded with NULL
//   array_sort(l, c)      $array_sort(array(T), array(array(integer))) -> array(T)
//                         with the matrix [i][j] = c(l[i], l[j])
//   map_filter(m, f)      $map_filter(map(K, V), array(boolean)) -> map(K, V)
//                         f over map_entries(m): array(row(K, V)), in its order; so also below
//   transform_keys(m, f)  $transform_keys(map(K, V), array(L)) -> map(L, V)
//   transform_values      $transform_values(map(K, V), array(W)) -> map(K, W)
//   map_zip_with(a, b, f) z = $map_zip(map(K, V), map(K, W)) -> array(row(K, V, W)), and then
//                         $map_zip_result(array(row(K, V, W)), array(X)) -> map(K, X)
//                         with z and f over z
//   split_to_map(s, e, k, f)  m = split_to_multimap(s, e, k), and then
//                         $transform_values(map(varchar, array(varchar)), array(varchar)) with m
//                         and list_reduce(value, f) over map_entries(m)
//   reduce(l, s, f, g)    list_reduce over {s: NULL, t: x} with start {s: s, t: NULL}; no function
//   regexp_replace(s, p, f)   g = $regexp_groups(varchar, JoniRegExp) -> array(array(varchar)), and
//                         $regexp_replace(varchar, JoniRegExp, array(varchar)) -> varchar
//                         with f over g
//
// All give NULL for a NULL argument (NULL items of lists are theirs to see).
//
// Aggregates are computed from the list of the rows of the group, as list(…) collects them:
//
//   f(a)                  $final_f(array(A)) -> R
//   f(a, b, …)            $final_f(array(row(A, B, …))) -> R
//   count()               not here
//   approx_distinct(a, e) as approx_distinct(a): it is exact
//   reduce_agg            not here: list_reduce
//
//   checksum(a)           also $checksum_hash(A) -> bigint for each row, NULL too, and then
//                         $checksum_result(decimal(38,0)) -> varbinary of their sum
//   listagg               also $listagg_result(varchar) -> varchar of the joined text: too long a
//                         text is an error
//
// for every aggregate of analysis/functions.def with exactly the types of the resolved call. The
// list holds NULL items where arguments are NULL: the function leaves them out as Trino does. A
// NULL list means no rows (the functions see it). DISTINCT, FILTER and ORDER BY are done while the
// list is made. Rows of one argument stay in the order of the list (array_agg, listagg).
#pragma once

#include "functions/registry.h"

namespace tarn::functions {

// `$any_match`, … `$map_zip_result`: lambda.cc.
FunctionList lambda_functions();

}  // namespace tarn::functions
