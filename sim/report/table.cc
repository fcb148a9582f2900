// SPDX-License-Identifier: Apache-2.0
#include "sim/report/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/html.h"

namespace weft::report {
namespace {

// So many fit on paper; of two runs each with their difference.
constexpr size_t kMostColumns = 10, kMostOfTwo = 2;

std::string Cell(const Number& number) {
  return fmt::format("<td{}>{}</td>", number.known() ? "" : " class=unknown", Printed(number));
}

// The cells of a column in one row: a cell a run and, of two runs, the difference.
std::string Cells(const Column& column, const std::vector<Run>& runs, const std::vector<const Layer*>& layers) {
  std::string html;
  std::vector<Number> numbers;
  for (size_t r = 0; r < runs.size(); ++r) {
    if (layers[r] == nullptr) {
      html += "<td class=unknown>no such layer</td>";
    } else if (!column.number) {
      html += fmt::format("<td class=text>{}</td>", EscapeHtml(column.text(*layers[r])));
    } else {
      numbers.push_back(column.number(runs[r], *layers[r]));
      html += Cell(numbers.back());
    }
  }
  if (runs.size() == 2 && column.number)
    html += fmt::format("<td class=difference>{}</td>", numbers.size() == 2 ? Difference(numbers[0], numbers[1]) : "");
  return html;
}

size_t Width(const Column& column, const std::vector<Run>& runs) {
  return runs.size() + (runs.size() == 2 && column.number ? 1 : 0);
}

// Under the head of a column: its runs and their difference.
std::string SubHeads(const std::vector<Run>& runs, bool difference) {
  std::string html;
  for (const Run& run : runs) html += fmt::format("<th scope=col>{}</th>", run.label);
  if (runs.size() == 2 && difference) html += "<th scope=col>B − A</th>";
  return html;
}

std::string Head(const Columns& columns, const std::vector<Run>& runs) {
  const bool two = runs.size() > 1;
  const char* rows = two ? " rowspan=2" : "";
  std::string html = fmt::format("<thead><tr><th scope=col{0}>#</th><th scope=col{0} class=text>layer</th>", rows);
  for (const Column& column : columns) {
    if (two)
      html += fmt::format("<th scope=colgroup colspan={}>{}</th>", Width(column, runs), EscapeHtml(column.name));
    else
      html += fmt::format("<th scope=col{}>{}</th>", column.number ? "" : " class=text", EscapeHtml(column.name));
  }
  html += "</tr>";
  if (two) {
    html += "<tr>";
    for (const Column& column : columns) html += SubHeads(runs, bool{column.number});
    html += "</tr>";
  }
  return html + "</thead>\n";
}

std::vector<const Layer*> TotalsOf(const std::vector<Run>& runs) {
  std::vector<const Layer*> totals;
  for (const Run& run : runs) totals.push_back(&run.total);
  return totals;
}

// None where no column has a total.
std::string TotalRow(const Columns& columns, const std::vector<Run>& runs) {
  bool known = false;
  std::string html = "<tr class=total><td></td><th scope=row>total</th>";
  for (const Column& column : columns) {
    if (!column.number) {
      html += fmt::format("<td colspan={}></td>", Width(column, runs));
      continue;
    }
    for (const Run& run : runs) known = known || column.number(run, run.total).known();
    html += Cells(column, runs, TotalsOf(runs));
  }
  return known ? html + "</tr>\n" : "";
}

}  // namespace

std::string TableBox(const std::string& caption, const std::string& inside) {
  return fmt::format(
      "<div class=box role=region tabindex=0 aria-label=\"{0}\"><table><caption>{0}</caption>\n{1}</table></div>\n",
      EscapeHtml(caption), inside);
}

std::string LayerTable(const std::string& caption, const Columns& columns, const std::vector<Run>& runs) {
  const size_t most = runs.size() > 1 ? kMostOfTwo : kMostColumns;
  if (columns.size() > most) {
    std::string html;
    for (size_t i = 0; i < columns.size(); i += most) {
      const auto from = columns.begin() + static_cast<std::ptrdiff_t>(i);
      const auto to = columns.begin() + static_cast<std::ptrdiff_t>(std::min(i + most, columns.size()));
      html += LayerTable(fmt::format("{}: {} to {}", caption, from->name, (to - 1)->name), Columns(from, to), runs);
    }
    return html;
  }
  std::string html = Head(columns, runs) + "<tbody>\n";
  for (const std::vector<const Layer*>& layers : AlignLayers(runs)) {
    const Layer& layer = layers[0] != nullptr ? *layers[0] : *layers[1];
    html += fmt::format("<tr><td>{}</td><th scope=row>{}</th>", layer.index, EscapeHtml(layer.name));
    for (const Column& column : columns) html += Cells(column, runs, layers);
    html += "</tr>\n";
  }
  return TableBox(caption, html + TotalRow(columns, runs) + "</tbody>");
}

std::string SumTable(const std::string& caption, const Columns& columns, const std::vector<Run>& runs) {
  std::string html;
  if (runs.size() > 1) html += "<thead><tr><td></td>" + SubHeads(runs, true) + "</tr></thead>\n";
  html += "<tbody>\n";
  for (const Column& column : columns)
    html += fmt::format("<tr><th scope=row>{}</th>{}</tr>\n", EscapeHtml(column.name),
                        Cells(column, runs, TotalsOf(runs)));
  return TableBox(caption, html + "</tbody>");
}

std::string TextTable(const std::string& caption, const std::vector<Run>& runs, const std::vector<NamedTexts>& texts) {
  std::vector<std::pair<std::string, std::vector<std::string>>> rows;
  for (size_t r = 0; r < texts.size(); ++r) {
    for (const auto& [name, text] : texts[r]) {
      size_t row = 0;
      while (row < rows.size() && rows[row].first != name) ++row;
      if (row == rows.size()) rows.emplace_back(name, std::vector<std::string>(runs.size(), kNotKnown));
      rows[row].second[r] = text;
    }
  }
  const bool two = runs.size() > 1;
  std::string html;
  if (two) html += "<thead><tr><td></td>" + SubHeads(runs, false) + "<td></td></tr></thead>\n";
  html += "<tbody>\n";
  for (const auto& [name, values] : rows) {
    html += fmt::format("<tr><th scope=row>{}</th>", EscapeHtml(name));
    for (const std::string& value : values) html += fmt::format("<td class=setting>{}</td>", EscapeHtml(value));
    if (two) html += values[0] == values[1] ? "<td></td>" : "<td class=differs>differs</td>";
    html += "</tr>\n";
  }
  return TableBox(caption, html + "</tbody>");
}

}  // namespace weft::report
