// SPDX-License-Identifier: Apache-2.0
#include "project/code_map.h"

#include <algorithm>

namespace tarn::project {

CodeMap::Found CodeMap::locate(std::size_t offset, std::size_t length) const {
  Found out;
  for (const Part& part : parts_) {
    if (offset < part.begin || offset >= part.end) continue;
    const Rendering& rendering = *part.rendering;
    out.node = rendering.node;
    const std::size_t at = offset - part.begin + part.from;
    const std::size_t most = std::min(length, part.end - offset);
    if (rendering.source != nullptr) {
      out.places = rendering.map.trace(*rendering.source, at, most);
      return out;
    }
    jinja::TraceFrame& frame = out.places.emplace_back();
    frame.template_name = rendering.node->original_path;
    frame.where = make_text_span(rendering.node->raw_code, at, most);
    frame.excerpt = excerpt(rendering.node->raw_code, frame.where);
    return out;
  }
  return out;
}

}  // namespace tarn::project
