// SPDX-License-Identifier: Apache-2.0
// Texts: joining, parts, trimming, search; ASCII at once, what has other letters by the functions
// over rows where positions count.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/text.h"
#include "duckdb/vector_rows.h"

namespace tarn::duckdb {
namespace {

using types::TypeKind;

std::string_view view_of(const dk::string_t& text) { return {text.GetData(), text.GetSize()}; }

bool is_ascii(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080ULL) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0x80) != 0) return false;
  }
  return true;
}

bool has_argument_kinds(const functions::CallSignature& signature,
                        std::initializer_list<TypeKind> kinds) {
  if (signature.arguments.size() != kinds.size()) return false;
  return std::equal(kinds.begin(), kinds.end(), signature.arguments.begin(),
                    [](TypeKind kind, const types::Type& type) { return type.is(kind); });
}

// All arguments are texts, or all bytes.
bool all_are(const functions::CallSignature& signature, TypeKind kind) {
  return std::all_of(signature.arguments.begin(), signature.arguments.end(),
                     [&](const types::Type& type) { return type.is(kind); });
}

void join_texts(dk::DataChunk& arguments, dk::Vector& result) {
  const ResultRows rows(arguments, result);
  std::vector<dk::UnifiedVectorFormat> formats(arguments.ColumnCount());
  for (std::size_t i = 0; i < formats.size(); ++i) {
    arguments.data[i].ToUnifiedFormat(rows.count(), formats[i]);
  }
  auto* out = dk::FlatVector::GetData<dk::string_t>(result);
  std::vector<std::string_view> parts(formats.size());
  for (dk::idx_t row = 0; row < rows.count(); ++row) {
    std::size_t size = 0;
    bool valid = true;
    for (std::size_t i = 0; i < formats.size() && valid; ++i) {
      const dk::idx_t at = formats[i].sel->get_index(row);
      valid = formats[i].validity.RowIsValid(at);
      if (!valid) break;
      parts[i] = view_of(dk::UnifiedVectorFormat::GetData<dk::string_t>(formats[i])[at]);
      size += parts[i].size();
    }
    if (!valid) {
      dk::FlatVector::SetNull(result, row, true);
      continue;
    }
    dk::string_t joined = dk::StringVector::EmptyString(result, size);
    char* to = joined.GetDataWriteable();
    for (const std::string_view part : parts) {
      std::memcpy(to, part.data(), part.size());
      to += part.size();
    }
    joined.Finalize();
    out[row] = joined;
  }
}

// `op(text)` gives a part of the text, or nullopt for the function over rows.
template <typename Op>
VectorRun part_run(std::shared_ptr<const RowCall> call, Op op) {
  return [call = std::move(call), op](dk::DataChunk& arguments, dk::Vector& result) {
    const ResultRows rows(arguments, result);
    dk::UnifiedVectorFormat format;
    arguments.data[0].ToUnifiedFormat(rows.count(), format);
    const auto* texts = dk::UnifiedVectorFormat::GetData<dk::string_t>(format);
    auto* out = dk::FlatVector::GetData<dk::string_t>(result);
    RowFallback fallback(*call, arguments);
    for (dk::idx_t row = 0; row < rows.count(); ++row) {
      const dk::idx_t at = format.sel->get_index(row);
      if (!format.validity.RowIsValid(at)) {
        dk::FlatVector::SetNull(result, row, true);
        continue;
      }
      const std::optional<std::string_view> part = op(view_of(texts[at]));
      if (!part) {
        fallback.compute(row, result);
      } else {
        out[row] = dk::StringVector::AddString(result, part->data(), part->size());
      }
    }
  };
}

enum class TrimSide : std::uint8_t { Left, Right, Both };

bool is_ascii_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Blanks of ASCII at the ends, unless other letters or control characters stand there.
std::optional<std::string_view> trim_part(std::string_view text, TrimSide side) {
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) < 0x80 && c > 0x1f; };
  if (side != TrimSide::Right) {
    while (!text.empty() && is_ascii_blank(text.front())) text.remove_prefix(1);
    if (!text.empty() && !is_plain(text.front())) return std::nullopt;
  }
  if (side != TrimSide::Left) {
    while (!text.empty() && is_ascii_blank(text.back())) text.remove_suffix(1);
    if (!text.empty() && !is_plain(text.back())) return std::nullopt;
  }
  return text;
}

std::optional<VectorFunction> make_trim(const functions::CallSignature& signature, TrimSide side) {
  if (!has_argument_kinds(signature, {TypeKind::Varchar})) return std::nullopt;
  auto call = make_row_call(signature);
  if (!call) return std::nullopt;
  return VectorFunction{
      part_run(std::move(call), [side](std::string_view text) { return trim_part(text, side); }),
      false};
}

// substr(text, start[, length]) with whatever numbers.
void cut_texts(const RowCall& call, dk::DataChunk& arguments, dk::Vector& result) {
  const ResultRows rows(arguments, result);
  std::vector<dk::UnifiedVectorFormat> formats(arguments.ColumnCount());
  for (std::size_t i = 0; i < formats.size(); ++i) {
    arguments.data[i].ToUnifiedFormat(rows.count(), formats[i]);
  }
  auto* out = dk::FlatVector::GetData<dk::string_t>(result);
  RowFallback fallback(call, arguments);
  for (dk::idx_t row = 0; row < rows.count(); ++row) {
    bool valid = true;
    std::int64_t numbers[2] = {0, std::numeric_limits<std::int64_t>::max()};
    for (std::size_t i = 0; i < formats.size(); ++i) {
      const dk::idx_t at = formats[i].sel->get_index(row);
      valid = valid && formats[i].validity.RowIsValid(at);
      if (valid && i > 0) {
        numbers[i - 1] = dk::UnifiedVectorFormat::GetData<std::int64_t>(formats[i])[at];
      }
    }
    if (!valid) {
      dk::FlatVector::SetNull(result, row, true);
      continue;
    }
    const auto text = view_of(
        dk::UnifiedVectorFormat::GetData<dk::string_t>(formats[0])[formats[0].sel->get_index(row)]);
    if (numbers[0] <= 0 || !is_ascii(text)) {
      fallback.compute(row, result);
      continue;
    }
    const auto start = static_cast<std::size_t>(numbers[0] - 1);
    std::string_view part;
    if (start < text.size() && numbers[1] > 0) {
      part = text.substr(start, static_cast<std::size_t>(numbers[1]));
    }
    out[row] = dk::StringVector::AddString(result, part.data(), part.size());
  }
}

std::optional<VectorFunction> make_substr(const functions::CallSignature& signature) {
  if (!has_argument_kinds(signature, {TypeKind::Varchar, TypeKind::BigInt}) &&
      !has_argument_kinds(signature, {TypeKind::Varchar, TypeKind::BigInt, TypeKind::BigInt})) {
    return std::nullopt;
  }
  auto call = make_row_call(signature);
  if (!call) return std::nullopt;
  return VectorFunction{
      [call](dk::DataChunk& arguments, dk::Vector& result) { cut_texts(*call, arguments, result); },
      false};
}

std::optional<VectorFunction> make_position(const functions::CallSignature& signature) {
  if (!has_argument_kinds(signature, {TypeKind::Varchar, TypeKind::Varchar})) return std::nullopt;
  auto call = make_row_call(signature);
  if (!call) return std::nullopt;
  return VectorFunction{
      binary_run<dk::string_t, dk::string_t, std::int64_t>(
          std::move(call),
          [](const dk::string_t& text, const dk::string_t& wanted, std::int64_t& out) {
            const std::string_view whole = view_of(text);
            if (wanted.GetSize() == 0) return false;
            const std::size_t found = whole.find(view_of(wanted));
            out = 0;
            if (found == std::string_view::npos) return true;
            out = static_cast<std::int64_t>(count_code_points(whole.substr(0, found))) + 1;
            return true;
          }),
      false};
}

}  // namespace

std::optional<VectorFunction> find_text_function(const functions::CallSignature& signature) {
  const std::string& name = signature.name;
  if (name == "concat" && signature.arguments.size() >= 2 &&
      (all_are(signature, TypeKind::Varchar) || all_are(signature, TypeKind::Varbinary))) {
    return VectorFunction{join_texts, false};
  }
  if (name == "trim") return make_trim(signature, TrimSide::Both);
  if (name == "ltrim") return make_trim(signature, TrimSide::Left);
  if (name == "rtrim") return make_trim(signature, TrimSide::Right);
  if (name == "substr" || name == "substring") return make_substr(signature);
  if (name == "strpos") return make_position(signature);
  return std::nullopt;
}

}  // namespace tarn::duckdb
