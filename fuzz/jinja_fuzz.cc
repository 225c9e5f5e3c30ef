// SPDX-License-Identifier: Apache-2.0
// Any text: cutting, compiling and rendering neither crash nor hang, and a second render gives the
// same result. The text is read as a template in all three modes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "jinja/blocks.h"
#include "jinja/environment.h"
#include "jinja/json_text.h"
#include "jinja/modules.h"

namespace {

using namespace tarn;
using namespace tarn::jinja;

EnvironmentOptions environment_options(bool native, bool swallow) {
  EnvironmentOptions options;
  options.native = native;
  options.swallow_undefined = swallow;
  options.macro_prefix = "m_";
  return options;
}

struct Environments {
  Environment text{environment_options(false, false)};
  Environment native{environment_options(true, false)};
  Environment parse{environment_options(false, true)};
};

// Names for one input: templates may change the dict.
std::unique_ptr<NameTable> make_names() {
  static FakeClock clock;
  static const Value modules = make_modules(clock);
  auto names = std::make_unique<NameTable>();
  names->set("modules", modules);
  names->set(
      "return",
      make_function("return", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
        return runtime.return_from_macro(arguments.positional.empty() ? Value()
                                                                      : arguments.positional[0]);
      }));
  names->set("d", Value::dict({{"a", Value(1)}, {"b", Value::list({Value("x"), Value(2.5)})}}));
  names->set("s", Value("It's a tëxt"));
  names->set("n", Value(42));
  return names;
}

RenderOptions small_limits() {
  RenderOptions options;
  options.limits.steps_max = 100'000;
  options.limits.text_bytes_max = 262'144;
  options.limits.call_depth_max = 40;
  return options;
}

void render_twice(const Environment& environment, std::string_view source) {
  const auto compiled = environment.compile(source, "fuzz");
  if (!compiled) return;
  const auto names = make_names();
  Render first(environment, *names, small_limits());
  const auto a = first.text(**compiled);
  const auto fresh_names = make_names();
  Render second(environment, *fresh_names, small_limits());
  const auto b = second.text(**compiled);
  if (a.has_value() != b.has_value()) std::abort();
  if (a && *a != *b) std::abort();
  if (!a && format_failure(a.error(), first.trace()).empty()) std::abort();
}

}  // namespace

// Values that hold themselves are not freed: they are counted.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  static const Environments environments;
  BlockOptions blocks;
  blocks.allowed = {"macro", "test", "docs"};
  blocks.collect_data = true;
  (void)extract_blocks(source, blocks);
  (void)literal_eval(source);
  (void)parse_json_text(source);
  render_twice(environments.text, source);
  render_twice(environments.parse, source);
  if (const auto compiled = environments.native.compile(source, "fuzz")) {
    const auto names = make_names();
    Render render(environments.native, *names, small_limits());
    const auto value = render.value(**compiled);
    if (value) (void)to_repr(render.runtime(), *value);
  }
  return 0;
}
