// SPDX-License-Identifier: Apache-2.0
#include "functions/testing.h"

namespace tarn::functions {

TEST_CASE("stems of English words") {
  // From the published sample of the Porter2 stemmer.
  constexpr std::pair<std::string_view, std::string_view> kStems[] = {
      {"consign", "consign"},
      {"consigned", "consign"},
      {"consignment", "consign"},
      {"consistency", "consist"},
      {"consolation", "consol"},
      {"consolatory", "consolatori"},
      {"consolingly", "consol"},
      {"consonant", "conson"},
      {"conspicuously", "conspicu"},
      {"conspiracy", "conspiraci"},
      {"constancy", "constanc"},
      {"knack", "knack"},
      {"knackeries", "knackeri"},
      {"knavish", "knavish"},
      {"kneaded", "knead"},
      {"kneel", "kneel"},
      {"knightly", "knight"},
      {"knits", "knit"},
      {"knives", "knive"},
      {"knocked", "knock"},
      {"generate", "generat"},
      {"generally", "general"},
      {"hopping", "hop"},
      {"hoping", "hope"},
      {"ties", "tie"},
      {"cries", "cri"},
      {"gas", "gas"},
      {"kiwis", "kiwi"},
      {"luxuriated", "luxuri"},
      {"say", "say"},
      {"by", "by"},
      {"cry", "cri"},
      {"skies", "sky"},
      {"bee's", "bee"},
      {"", ""},
      {"proceed", "proceed"},
      {"agreed", "agre"},
      {"relational", "relat"},
      {"adjustable", "adjust"},
      {"controlled", "control"},
  };
  for (const auto& [word, expected] : kStems) {
    CAPTURE(word);
    CHECK(test_answer_of_texts("word_stem(varchar) -> varchar", {word}) == expected);
  }
  const TextCall cases[] = {
      {"word_stem(varchar, varchar) -> varchar", {"runs", "en"}, "run"},
      {"word_stem(varchar, varchar) -> varchar", {"runs", "de"}, "!NOT_SUPPORTED"},
      {"word_stem(varchar, varchar) -> varchar", {"runs", "xx"}, "!INVALID_FUNCTION_ARGUMENT"},
  };
  check_text_calls(cases);
}

}  // namespace tarn::functions
