// SPDX-License-Identifier: Apache-2.0
#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"

namespace tarn {

// Not in the anonymous namespace, since Regex::Impl has members of these types.
namespace detail {

template <auto Free>
struct Pcre2Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using CodePtr = std::unique_ptr<pcre2_code, Pcre2Deleter<&pcre2_code_free>>;
using MatchDataPtr = std::unique_ptr<pcre2_match_data, Pcre2Deleter<&pcre2_match_data_free>>;
using ContextPtr = std::unique_ptr<pcre2_match_context, Pcre2Deleter<&pcre2_match_context_free>>;
using JitStackPtr = std::unique_ptr<pcre2_jit_stack, Pcre2Deleter<&pcre2_jit_stack_free>>;

}  // namespace detail

namespace {

using detail::ContextPtr;
using detail::JitStackPtr;
using detail::MatchDataPtr;

// Work of one match: steps, nested frames of the interpreter (KiB), stack of compiled code.
constexpr std::uint32_t kMatchStepsMax = 10'000'000;
constexpr std::uint32_t kMatchHeapMax = 64 * 1024;
constexpr std::size_t kJitStackFirst = 32 * 1024;
constexpr std::size_t kJitStackMax = 4 * 1024 * 1024;
constexpr std::uint32_t kGroupsCached = 64;

std::string pcre2_message(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

// Runs on the thread's own stack for compiled code.
pcre2_jit_stack* thread_jit_stack(void*) {
  thread_local const JitStackPtr stack(
      pcre2_jit_stack_create(kJitStackFirst, kJitStackMax, nullptr));
  return stack.get();
}

ContextPtr make_match_context() {
  ContextPtr context(pcre2_match_context_create(nullptr));
  VERIFY(context != nullptr);
  pcre2_set_match_limit(context.get(), kMatchStepsMax);
  pcre2_set_heap_limit(context.get(), kMatchHeapMax);
  pcre2_jit_stack_assign(context.get(), &thread_jit_stack, nullptr);
  return context;
}

std::vector<std::string> read_group_names(const pcre2_code* code, std::size_t group_count) {
  std::vector<std::string> names(group_count + 1);
  std::uint32_t count = 0;
  std::uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  for (std::uint32_t i = 0; i < count; ++i, table += entry_size) {
    const std::size_t group = std::size_t{table[0]} << 8 | table[1];
    names[group] = reinterpret_cast<const char*>(table + 2);
  }
  return names;
}

PCRE2_SPTR pcre2_text(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
}

}  // namespace

struct Regex::Impl {
  detail::CodePtr code;
  detail::ContextPtr context;
  std::size_t group_count = 0;
  std::vector<std::string> group_names;

  // The count of set groups (0 if nothing matches); the offsets are in `data`.
  Result<int> match(std::string_view subject, std::size_t from, std::uint32_t options,
                    pcre2_match_data* data) const {
    int status = pcre2_match(code.get(), pcre2_text(subject), subject.size(), from, options, data,
                             context.get());
    if (status == PCRE2_ERROR_JIT_STACKLIMIT) {
      status = pcre2_match(code.get(), pcre2_text(subject), subject.size(), from,
                           options | PCRE2_NO_JIT, data, context.get());
    }
    if (status == PCRE2_ERROR_NOMATCH) return 0;
    if (status < 0) return invalid_input("regular expression failed: {}", pcre2_message(status));
    return status;
  }

  // Memory for offsets: the thread's own for patterns of the usual size, else `own`.
  pcre2_match_data* match_data(MatchDataPtr& own) const {
    thread_local const MatchDataPtr cached(pcre2_match_data_create(kGroupsCached, nullptr));
    if (group_count < kGroupsCached) return cached.get();
    own.reset(pcre2_match_data_create_from_pattern(code.get(), nullptr));
    VERIFY(own != nullptr);
    return own.get();
  }
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern, const RegexOptions& options) {
  std::uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
  if (!options.ascii_classes) flags |= PCRE2_UCP;
  if (options.ignore_case) flags |= PCRE2_CASELESS;
  if (options.multi_line) flags |= PCRE2_MULTILINE;
  if (options.dot_matches_all) flags |= PCRE2_DOTALL;
  int code = 0;
  PCRE2_SIZE offset = 0;
  auto impl = std::make_unique<Impl>();
  impl->code.reset(
      pcre2_compile(pcre2_text(pattern), pattern.size(), flags, &code, &offset, nullptr));
  if (impl->code == nullptr) {
    return invalid_input("bad regular expression: {} at character {} of `{}`", pcre2_message(code),
                         count_code_points(pattern.substr(0, offset)) + 1, pattern);
  }
  // Without compiled code (no support, pattern too large) the interpreter does the work.
  pcre2_jit_compile(impl->code.get(), PCRE2_JIT_COMPLETE);
  impl->context = make_match_context();
  std::uint32_t groups = 0;
  pcre2_pattern_info(impl->code.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  impl->group_count = groups;
  impl->group_names = read_group_names(impl->code.get(), groups);
  return Regex(std::move(impl));
}

Result<std::optional<RegexMatch>> Regex::find(std::string_view subject, std::size_t from) const {
  const auto inside_character = [&](std::size_t at) {
    return at < subject.size() && (static_cast<unsigned char>(subject[at]) & 0xC0) == 0x80;
  };
  while (inside_character(from)) ++from;
  std::optional<RegexMatch> found;
  if (from > subject.size()) return found;
  MatchDataPtr own;
  pcre2_match_data* data = impl_->match_data(own);
  const int count = TRY(impl_->match(subject, from, 0, data));
  if (count == 0) return found;
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data);
  if (offsets[0] > offsets[1]) return invalid_input("the match begins behind its end (`\\K`)");
  found.emplace();
  found->begin = offsets[0];
  found->end = offsets[1];
  found->groups.resize(impl_->group_count + 1);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if (offsets[2 * i] == PCRE2_UNSET) continue;
    found->groups[i] = subject.substr(offsets[2 * i], offsets[2 * i + 1] - offsets[2 * i]);
  }
  return found;
}

Result<bool> Regex::matches_whole(std::string_view subject) const {
  MatchDataPtr own;
  pcre2_match_data* data = impl_->match_data(own);
  return TRY(impl_->match(subject, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, data)) > 0;
}

std::size_t Regex::group_count() const { return impl_->group_count; }
const std::vector<std::string>& Regex::group_names() const { return impl_->group_names; }

}  // namespace tarn
