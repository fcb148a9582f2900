// SPDX-License-Identifier: Apache-2.0
#include "sim/study/table.h"

#include <fmt/format.h>

#include "sim/html.h"
#include "sim/study/markdown_table.h"

namespace weft {

std::string Fixed(double value, int digits) { return fmt::format("{:.{}f}", value, digits); }

std::string MarkdownTable(const StudyTable& table) {
  std::vector<std::vector<std::string>> rows = {table.header};
  rows.insert(rows.end(), table.rows.begin(), table.rows.end());
  return fmt::format("## {}\n\n{}{}\n", table.title, MarkdownTable(rows, table.words),
                     table.note.empty() ? "" : "\n" + table.note + "\n");
}

std::string HtmlTable(const StudyTable& table) {
  const auto cells = [&](const std::vector<std::string>& row, bool head) {
    std::string text = "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      const char* kind = i < table.words ? " class=\"w\"" : "";
      text += head ? fmt::format("<th scope=\"col\"{}>{}</th>", kind, EscapeHtml(row[i]))
                   : fmt::format("<td{}>{}</td>", kind, EscapeHtml(row[i]));
    }
    return text + "</tr>\n";
  };
  std::string out = fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table>"
                                "<caption>{0}</caption>\n<thead>{1}</thead><tbody>\n",
                                EscapeHtml(table.title), cells(table.header, true));
  for (const auto& row : table.rows) out += cells(row, false);
  out += "</tbody></table></div>\n";
  if (!table.note.empty()) out += fmt::format("<p>{}</p>\n", EscapeHtml(table.note));
  return out;
}

}  // namespace weft
