// SPDX-License-Identifier: Apache-2.0
#include "sim/study/markdown_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

std::string MarkdownTable(const std::vector<std::vector<std::string>>& rows, size_t left) {
  std::vector<size_t> widths(rows.at(0).size(), 3);
  for (const auto& row : rows)
    for (size_t c = 0; c < row.size(); ++c) widths.at(c) = std::max(widths.at(c), row[c].size());
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    text += "|";
    for (size_t c = 0; c < rows[r].size(); ++c)
      text += fmt::format(c < left ? " {:<{}} |" : " {:>{}} |", rows[r][c], widths[c]);
    text += "\n";
    if (r > 0) continue;
    text += "|";
    for (size_t c = 0; c < widths.size(); ++c)
      text += c < left ? fmt::format("{:-<{}}|", "", widths[c] + 2) : fmt::format("{:-<{}}:|", "", widths[c] + 1);
    text += "\n";
  }
  return text;
}

}  // namespace weft
