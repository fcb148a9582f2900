// SPDX-License-Identifier: Apache-2.0
#include "sim/report/events.h"

#include <fmt/format.h>

#include <map>

#include "sim/html.h"
#include "sim/report/field.h"
#include "sim/report/flat.h"
#include "sim/report/number.h"
#include "sim/report/table.h"

namespace weft::report {
namespace {

struct Cost {
  std::string component = kNotKnown, pj = kNotKnown;
};
using Costs = std::map<std::string, Cost>;

// By event, as in the record.
Costs CostsOf(const Run& run) {
  Costs costs;
  const Field list = Field(run.input.where, &run.record())["energy"]["costs"];
  for (size_t i = 0; list.known() && i < list.size(); ++i) {
    Cost& cost = costs[list[i]["event"].NeedText()];
    cost.component = FlatText(list[i].json().value("component", Json()), kNotKnown);
    if (const std::optional<double> pj = list[i]["pj"].Real()) cost.pj = fmt::format("{:.6g}", *pj);
  }
  return costs;
}

std::string EventTable(const std::string& caption, const Costs& costs, const Layer& layer) {
  std::string html =
      "<thead><tr><th scope=col class=text>event</th><th scope=col class=text>component</th><th scope=col>count</th>"
      "<th scope=col>pJ each</th><th scope=col>energy, µJ</th></tr></thead><tbody>\n";
  for (const EventEnergy& e : layer.events) {
    const auto known = costs.find(e.event);
    const Cost cost = known == costs.end() ? Cost() : known->second;
    html += fmt::format("<tr><th scope=row>{}</th><td class=text>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        EscapeHtml(e.event), EscapeHtml(cost.component), Printed(Count(e.count)), EscapeHtml(cost.pj),
                        Printed(Energy(e.pj)));
  }
  html += fmt::format("<tr class=total><th scope=row>total</th><td></td><td></td><td></td><td>{}</td></tr></tbody>",
                      Printed(Energy(layer.total_pj)));
  return TableBox(caption, html);
}

}  // namespace

std::string EventTables(const std::vector<Run>& runs) {
  std::string html;
  for (const Run& run : runs) {
    if (run.total.events.empty() || !run.total.total_pj) continue;
    const std::string of = run.label.empty() ? "" : " of run " + run.label;
    const Costs costs = CostsOf(run);
    html += EventTable("Count × cost = energy, all layers" + of, costs, run.total);
    html += fmt::format("<details><summary>Count × cost = energy, layer by layer{}</summary>\n", of);
    for (const Layer& layer : run.layers)
      if (!layer.events.empty()) html += EventTable(fmt::format("{} {}", layer.index, layer.name), costs, layer);
    html += "</details>\n";
  }
  return html;
}

}  // namespace weft::report
