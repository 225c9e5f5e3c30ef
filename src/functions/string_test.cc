// SPDX-License-Identifier: Apache-2.0
#include "functions/testing.h"

namespace tarn::functions {

namespace {

constexpr std::string_view kBadArgument = "!INVALID_FUNCTION_ARGUMENT";

}  // namespace

TEST_CASE("parts of texts") {
  const TextCall cases[] = {
      {"length(varchar) -> bigint", {"𐐭é"}, "2"},
      {"length(char(5)) -> bigint", {"a"}, "5"},
      {"length(varbinary) -> bigint", {"f09f9880"}, "4"},
      {"length(varchar) -> bigint", {kNullArgument}, "null"},
      {"substr(varchar, bigint) -> varchar", {"hello", "0"}, ""},
      {"substr(varchar, bigint) -> varchar", {"hello", "-2"}, "lo"},
      {"substr(varchar, bigint) -> varchar", {"hello", "-6"}, ""},
      {"substr(varchar, bigint) -> varchar", {"hello", "6"}, ""},
      {"substr(varchar, bigint) -> varchar", {"hello", "-9223372036854775808"}, ""},
      {"substr(varchar, bigint, bigint) -> varchar", {"é𐐭x", "2", "9223372036854775807"}, "𐐭x"},
      {"substr(varchar, bigint, bigint) -> varchar", {"hello", "2", "-1"}, ""},
      {"substr(char(4), bigint) -> varchar(4)", {"ab", "2"}, "b  "},
      {"substr(varbinary, bigint, bigint) -> varbinary", {"010203", "-2", "1"}, "02"},
      {"substr(varbinary, bigint) -> varbinary", {"010203", "-9223372036854775808"}, ""},
      {"split_part(varchar, varchar, bigint) -> varchar", {"a,b", ",", "2"}, "b"},
      {"split_part(varchar, varchar, bigint) -> varchar", {"a,b", ",", "3"}, "null"},
      {"split_part(varchar, varchar, bigint) -> varchar", {"é𐐭", "", "2"}, "𐐭"},
      {"split_part(varchar, varchar, bigint) -> varchar", {"a", ",", "0"}, kBadArgument},
      {"split(varchar, varchar, bigint) -> array(varchar)", {"a,b,c", ",", "2"}, "[a, b,c]"},
      {"split(varchar, varchar) -> array(varchar)", {"", ","}, "[]"},
      {"split(varchar, varchar) -> array(varchar)", {"a", ""}, kBadArgument},
      {"reverse(varchar) -> varchar", {"aé𐐭"}, "𐐭éa"},
      {"reverse(char(3)) -> char(3)", {"ab"}, " ba"},
      {"strpos(varchar, varchar) -> bigint", {"é𐐭x", "x"}, "3"},
      {"strpos(varchar, varchar) -> bigint", {"abc", ""}, "1"},
      {"strpos(varchar, varchar, bigint) -> bigint", {"aaaa", "aa", "3"}, "3"},
      {"strpos(varchar, varchar, bigint) -> bigint", {"aaaa", "aa", "-3"}, "1"},
      {"strpos(varchar, varchar, bigint) -> bigint", {"aaaa", "aa", "-4"}, "0"},
      {"strpos(varchar, varchar, bigint) -> bigint", {"a", "a", "0"}, kBadArgument},
      {"position(varchar, varchar) -> bigint", {"b", "ab"}, "2"},
      {"starts_with(varchar, varchar) -> boolean", {"ab", ""}, "true"},
  };
  check_text_calls(cases);
}

TEST_CASE("texts made of texts") {
  const TextCall cases[] = {
      {"concat(varchar, varchar) -> varchar", {"a", "é"}, "aé"},
      {"concat(varchar, varchar) -> varchar", {"a", kNullArgument}, "null"},
      {"concat(varchar) -> varchar", {"a"}, kBadArgument},
      {"concat(char(3), char(2)) -> char(5)", {"a", "b"}, "a  b "},
      {"concat(char(3), char(2)) -> char(5)", {"a", ""}, "a    "},
      {"concat_ws(varchar, varchar, varchar) -> varchar", {"-", kNullArgument, "b"}, "b"},
      {"concat_ws(varchar, varchar) -> varchar", {kNullArgument, "b"}, "null"},
      {"replace(varchar, varchar, varchar) -> varchar", {"aé", "", "-"}, "-a-é-"},
      {"replace(varchar, varchar, varchar) -> varchar", {"aaa", "aa", "b"}, "ba"},
      {"replace(varchar, varchar) -> varchar", {"abab", "b"}, "aa"},
      {"lpad(varchar, bigint, varchar) -> varchar", {"é", "4", "ab"}, "abaé"},
      {"rpad(varchar, bigint, varchar) -> varchar", {"éab", "2", "x"}, "éa"},
      {"lpad(varchar, bigint, varchar) -> varchar", {"a", "5", ""}, kBadArgument},
      {"lpad(varchar, bigint, varchar) -> varchar", {"a", "2147483648", "x"}, kBadArgument},
      {"rpad(char(3), bigint, varchar) -> varchar", {"a", "5", "x"}, "a  xx"},
      {"rpad(varbinary, bigint, varbinary) -> varbinary", {"01", "4", "0203"}, "01020302"},
      {"trim(varchar) -> varchar", {"\u3000 a\u2028"}, "a"},
      {"trim(varchar) -> varchar", {"\u00A0a"}, "\u00A0a"},
      {"ltrim(varchar, CodePoints) -> varchar", {"éxaé", "éx"}, "aé"},
      {"rtrim(varchar, CodePoints) -> varchar", {"éxaé", "éx"}, "éxa"},
      {"rtrim(varchar, CodePoints) -> varchar", {"éé", "é"}, ""},
      {"translate(varchar, varchar, varchar) -> varchar", {"abcé", "aé", "x"}, "xbc"},
      {"normalize(varchar, varchar) -> varchar", {"e\u0301", "NFC"}, "é"},
      {"normalize(varchar, varchar) -> varchar", {"ﬁ", "NFKD"}, "fi"},
      {"normalize(varchar, varchar) -> varchar", {"a", "NF"}, kBadArgument},
      {"upper(varchar) -> varchar", {"straße é"}, "STRAßE É"},
      {"lower(varchar) -> varchar", {"ÀÉ"}, "àé"},
      {"chr(bigint) -> varchar(1)", {"128512"}, "😀"},
      {"chr(bigint) -> varchar(1)", {"55296"}, kBadArgument},
      {"chr(bigint) -> varchar(1)", {"1114112"}, kBadArgument},
      {"codepoint(varchar(1)) -> integer", {"😀"}, "128512"},
      {"codepoint(varchar(1)) -> integer", {""}, kBadArgument},
  };
  check_text_calls(cases);
}

TEST_CASE("texts that grow too large are refused") {
  const std::string million(1'000'000, 'a');
  CHECK(test_answer_of_texts("replace(varchar, varchar, varchar) -> varchar",
                             {million, "a", million}) == kBadArgument);
  CHECK(test_answer_of_texts("lpad(varchar, bigint, varchar) -> varchar",
                             {"a", "2147483647", "x"}) == kBadArgument);
}

TEST_CASE("distances and codes of texts") {
  const TextCall cases[] = {
      {"levenshtein_distance(varchar, varchar) -> bigint", {"kitten", "sitting"}, "3"},
      {"levenshtein_distance(varchar, varchar) -> bigint", {"", ""}, "0"},
      {"hamming_distance(varchar, varchar) -> bigint", {"aé", "bé"}, "1"},
      {"hamming_distance(varchar, varchar) -> bigint", {"a", ""}, kBadArgument},
      {"luhn_check(varchar) -> boolean", {"79927398713"}, "true"},
      {"luhn_check(varchar) -> boolean", {"79927398714"}, "false"},
      {"luhn_check(varchar) -> boolean", {""}, "false"},
      {"luhn_check(varchar) -> boolean", {"7 9"}, kBadArgument},
      {"soundex(varchar) -> varchar(4)", {"Ashcraft"}, "A261"},
      {"soundex(varchar) -> varchar(4)", {"Tymczak"}, "T522"},
      {"soundex(varchar) -> varchar(4)", {"1 2"}, ""},
      {"soundex(varchar) -> varchar(4)", {"ą"}, kBadArgument},
  };
  check_text_calls(cases);
  const std::string long_text(2'000, 'a');
  CHECK(test_answer_of_texts("levenshtein_distance(varchar, varchar) -> bigint",
                             {long_text, long_text}) == kBadArgument);
}

TEST_CASE("numbers for people") {
  const TextCall cases[] = {
      {"format_number(bigint) -> varchar", {"0"}, "0"},
      {"format_number(bigint) -> varchar", {"1005"}, "1K"},
      {"format_number(bigint) -> varchar", {"1125"}, "1.13K"},
      {"format_number(bigint) -> varchar", {"-9223372036854775808"}, "-9223.37Q"},
      {"format_number(double) -> varchar", {"NaN"}, "0"},
      {"format_number(double) -> varchar", {"1e300"}, "9223Q"},
      {"human_readable_seconds(double) -> varchar", {"0.4"}, "0 seconds"},
      {"human_readable_seconds(double) -> varchar", {"3661"}, "1 hour, 1 minute, 1 second"},
      {"parse_data_size(varchar) -> decimal(38, 0)", {"1.5kB"}, "1536"},
      {"parse_data_size(varchar) -> decimal(38, 0)", {"1.2.3B"}, kBadArgument},
      {"parse_data_size(varchar) -> decimal(38, 0)",
       {"99999999999999999999999999YB"},
       "!NUMERIC_VALUE_OUT_OF_RANGE"},
  };
  check_text_calls(cases);
}

}  // namespace tarn::functions
