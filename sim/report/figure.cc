// SPDX-License-Identifier: Apache-2.0
// What stands around charts: titles, legends, the runs side by side.
#include <fmt/format.h>

#include "sim/html.h"
#include "sim/report/chart.h"

namespace weft::report {
namespace {

std::string LegendEntry(const std::string& shape, const std::string& name) {
  return fmt::format("<li><svg width=14 height=14 aria-hidden=true><{} /></svg>{}</li>", shape, EscapeHtml(name));
}

}  // namespace

std::string Legend(const BarChart& chart) {
  std::string html = "<ul class=legend>";
  for (const Series& s : chart.stack)
    html += LegendEntry(fmt::format("rect class=\"{}\" width=14 height=14", s.style), s.name);
  for (const Series& s : chart.marks) {
    const bool dot = s.style == "dot";
    html += LegendEntry(dot ? "circle class=dot cx=7 cy=7 r=4.5" : "rect class=cap x=5 width=3 height=14", s.name);
  }
  html += "</ul>";
  if (chart.has_shares)
    html += "<label class=\"control needs-script\"><input type=checkbox class=shares> shares within each layer</label>";
  return html;
}

std::string Figure(const std::string& title, const std::string& legend, const std::vector<Run>& runs,
                   const std::vector<std::string>& charts) {
  std::string html = fmt::format("<figure><figcaption>{}</figcaption>{}<div class=\"charts of{}\">\n",
                                 EscapeHtml(title), legend, runs.size());
  for (size_t r = 0; r < runs.size(); ++r) {
    const std::string name = runs.size() > 1 ? runs[r].Title() + ": " + title : title;
    if (runs.size() > 1) html += "<div>" + fmt::format("<h3>{}</h3>", EscapeHtml(runs[r].Title()));
    html += fmt::format("<div class=chart role=group aria-label=\"{}\">\n{}</div>\n", EscapeHtml(name), charts[r]);
    if (runs.size() > 1) html += "</div>";
  }
  return html + "</div></figure>\n";
}

}  // namespace weft::report
