// SPDX-License-Identifier: Apache-2.0
#include "sim/report/settings.h"

#include <fmt/format.h>

#include "sim/html.h"
#include "sim/report/flat.h"

namespace weft::report {
namespace {

// What the record tells of results, not of settings.
bool IsResult(const std::string& name) {
  for (const char* result : {"schema", "totals", "layers", "outputs", "energy"})
    if (name == result) return true;
  return false;
}

// What null means, where it is not that nobody knows.
std::string NullText(const std::string& name) {
  if (name == "energy table.dram") return "the table's own";
  return name == "slice_tiles" || name.rfind("status.", 0) == 0 ? "none" : kNotKnown;
}

const Json* EnergyOf(const Run& run, const char* part) {
  const auto energy = run.record().find("energy");
  if (energy == run.record().end() || !energy->is_object() || !energy->contains(part)) return nullptr;
  return &(*energy)[part];
}

std::string CostTable(const Run& run, const Json& costs) {
  std::string html =
      "<thead><tr><th scope=col class=text>event</th><th scope=col class=text>component</th>"
      "<th scope=col>bits</th><th scope=col>of bytes</th><th scope=col>pJ</th><th scope=col "
      "class=text>source</th></tr></thead><tbody>\n";
  for (const Json& cost : costs) {
    const auto text = [&](const char* name) {
      const Json value = cost.value(name, Json());
      return value.is_number_float() ? fmt::format("{:.6g}", value.get<double>()) : EscapeHtml(FlatText(value, ""));
    };
    html += fmt::format(
        "<tr><th scope=row>{}</th><td class=text>{}</td><td>{}</td><td>{}</td><td>{}</td>"
        "<td class=setting>{}</td></tr>\n",
        text("event"), text("component"), text("bits"), text("memory_bytes"), text("pj"), text("source"));
  }
  const std::string of = run.label.empty() ? "" : " of run " + run.label;
  return TableBox("What one event costs" + of, html + "</tbody>");
}

}  // namespace

NamedTexts SettingsOf(const Run& run) {
  NamedTexts settings = {{"record", run.input.where}};
  for (const auto& [name, value] : run.record().items()) {
    if (IsResult(name)) continue;
    for (const auto& [flat, one] : Flatten(value, name)) settings.emplace_back(flat, FlatText(*one, NullText(flat)));
  }
  if (const Json* table = EnergyOf(run, "table"))
    for (const auto& [flat, one] : Flatten(*table, "energy table"))
      settings.emplace_back(flat, FlatText(*one, NullText(flat)));
  return settings;
}

NamedTexts OutputsOf(const Run& run) {
  NamedTexts outputs;
  const auto list = run.record().find("outputs");
  if (list == run.record().end() || !list->is_array()) return outputs;
  for (const Json& output : *list) {
    if (!output.is_object()) continue;
    const auto text = [&](const char* name) { return FlatText(output.value(name, Json()), kNotKnown); };
    outputs.emplace_back(fmt::format("{} {} {}", text("name"), text("dtype"), text("shape")), text("sha256"));
  }
  return outputs;
}

std::string SettingsHtml(const std::vector<Run>& runs) {
  std::vector<NamedTexts> settings, outputs;
  for (const Run& run : runs) {
    settings.push_back(SettingsOf(run));
    outputs.push_back(OutputsOf(run));
  }
  std::string html = TextTable("Settings of the run", runs, settings);
  html += TextTable("SHA-256 of what came out", runs, outputs);
  std::string cost_tables;
  for (const Run& run : runs) {
    const Json* costs = EnergyOf(run, "costs");
    if (costs != nullptr && costs->is_array()) cost_tables += CostTable(run, *costs);
  }
  if (cost_tables.empty())
    cost_tables = "<p class=note>What events cost is not known: the record has no energy table.</p>\n";
  return html + cost_tables;
}

}  // namespace weft::report
