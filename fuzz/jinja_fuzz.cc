// SPDX-License-Identifier: Apache-2.0
// Any text: cutting, compiling and rendering neither crash nor hang, and a second render gives the
// same result. The text is read as a template in all three modes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/clock.h"
#include "jinja/blocks.h"
#include "jinja/environment.h"
#include "jinja/json_text.h"
#include "jinja/modules.h"

namespace {

using namespace tarn;
using namespace tarn::jinja;

struct Setup {
  FakeClock clock;
  NameTable names;
  Environment text;
  Environment native;
  Environment parse;

  static EnvironmentOptions options(bool native, bool swallow) {
    EnvironmentOptions options;
    options.native = native;
    options.swallow_undefined = swallow;
    options.macro_prefix = "m_";
    return options;
  }
  Setup() : text(options(false, false)), native(options(true, false)), parse(options(false, true)) {
    names.set("modules", make_modules(clock));
    names.set(
        "return",
        make_function("return", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
          return runtime.return_from_macro(arguments.positional.empty() ? Value()
                                                                        : arguments.positional[0]);
        }));
    names.set("d", Value::dict({{"a", Value(1)}, {"b", Value::list({Value("x"), Value(2.5)})}}));
    names.set("s", Value("It's a tëxt"));
    names.set("n", Value(42));
  }
};

RenderOptions small_limits() {
  RenderOptions options;
  options.limits.steps_max = 100'000;
  options.limits.text_bytes_max = 262'144;
  options.limits.call_depth_max = 40;
  return options;
}

void render_twice(const Environment& environment, const NameTable& names, std::string_view source) {
  const auto compiled = environment.compile(source, "fuzz");
  if (!compiled) return;
  Render first(environment, names, small_limits());
  const auto a = first.text(**compiled);
  Render second(environment, names, small_limits());
  const auto b = second.text(**compiled);
  if (a.has_value() != b.has_value()) std::abort();
  if (a && *a != *b) std::abort();
  if (!a && format_failure(a.error(), first.trace()).empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  Setup setup;
  BlockOptions blocks;
  blocks.allowed = {"macro", "test", "docs"};
  blocks.collect_data = true;
  (void)extract_blocks(source, blocks);
  (void)literal_eval(source);
  (void)parse_json_text(source);
  render_twice(setup.text, setup.names, source);
  render_twice(setup.parse, setup.names, source);
  if (const auto compiled = setup.native.compile(source, "fuzz")) {
    Render render(setup.native, setup.names, small_limits());
    const auto value = render.value(**compiled);
    if (value) (void)to_repr(render.runtime(), *value);
  }
  return 0;
}
