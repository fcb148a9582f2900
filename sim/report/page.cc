// SPDX-License-Identifier: Apache-2.0
// The page: tables and charts in one HTML file with its style and script.
#include <fmt/format.h>

#include <cstring>

#include "kReportFiles.h"
#include "sim/html.h"
#include "sim/report/chart.h"
#include "sim/report/columns.h"
#include "sim/report/events.h"
#include "sim/report/flat.h"
#include "sim/report/settings.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

namespace weft::report {
namespace {

const char* FileText(const char* name) {
  for (const auto& file : kReportFiles)
    if (std::strcmp(file.name, name) == 0) return file.text;
  return "";
}

struct Section {
  const char* id;
  const char* title;
  const char* doc;  // HTML
  std::string html;
};

constexpr char kUseDoc[] =
    "Utilization is MACs of the layer's definition over multipliers and cycles; it passes 100 % where zeros are "
    "skipped. The cap is the least number of cycles that any mapping of the layer, run alone and cold with a memory of "
    "8 bytes a cycle and a latency of 60, can take with as many effectual MACs, spread evenly; in a network a short "
    "layer may pass it, since its loads begin while the layer before still runs.";
constexpr char kRooflineDoc[] =
    "The roof is what the multipliers can do in a cycle, or what the memory can feed. Layers above it are expected: "
    "MACs count every product of the layer's definition, and products with a zero activation are skipped; and a "
    "layer's bytes may come while the layer before still runs.";
constexpr char kTrafficDoc[] =
    "Bound: 2 MACs / sqrt(R S S<sub>buffer</sub> / stride²) + outputs, or what every execution must move at least "
    "(compulsory), if larger; R / stride and S / stride count as 1 at least. A layer of which one operand fits into "
    "the buffer whole can do with less than the formula. "
    "Best tiling: the least of all tilings of the layer in a buffer of this size that holds each tile of an operand "
    "twice, so that loading overlaps; an ifmap that new rows overwrite as they are used can do with less. "
    "Both count operands only; DRAM bytes hold parameters, commands and layer records too. Of two layers that run tile "
    "by tile only what is compulsory is known.";
constexpr char kMappingDoc[] =
    "What the PEs do in the first pass. Upper line: unit, filter group f and position block p. Lower line: row entry, "
    "channels c (depthwise: those of the filter group), filter row r, filter columns s. Thick lines begin segments; "
    "grey PEs are void. Layers that are mapped alike "
    "share a drawing.";

std::string Mappings(const std::vector<Run>& runs) {
  std::string html;
  for (const Run& run : runs) {
    if (runs.size() > 1) html += fmt::format("<h3>{}</h3>\n", EscapeHtml(run.Title()));
    html += ArrayDrawings(run);
  }
  return html + LayerTable("Numbers of the mappings", MappingColumns(), runs);
}

std::vector<Section> SectionsOf(const std::vector<Run>& runs) {
  return {
      {"sum", "In sum", "", SumTable("All layers", SumColumns(), runs)},
      {"layers", "Layers", "What the host does has no cycles.", LayerTable("Layers", LayerColumns(), runs)},
      {"energy", "Energy",
       "Counted events times what one costs. Microjoules with six decimals are whole pJ, so columns and rows add up "
       "to the last digit.",
       Bars(EnergyChart(), runs) + LayerTable("Energy by component", EnergyColumns(), runs) +
           LayerTable("Power and energy of a MAC", EnergyRates(), runs) + EventTables(runs)},
      {"cycles", "Cycles", "Every cycle of the array is in the first class that holds.",
       Bars(CycleChart(), runs) + LayerTable("Cycles of the array by class", CycleColumns(), runs)},
      {"use", "Utilization", kUseDoc, Bars(UseChart(), runs) + LayerTable("Utilization and cap", UseColumns(), runs)},
      {"roofline", "Roofline", kRooflineDoc, Roofline(runs) + LayerTable("Roofline", RooflineColumns(), runs)},
      {"traffic", "Memory traffic", kTrafficDoc,
       Bars(TrafficChart(), runs) + LayerTable("DRAM bytes", TrafficColumns(), runs)},
      {"mapping", "Mapping", kMappingDoc, Mappings(runs)},
      {"settings", "Settings", "", SettingsHtml(runs)},
  };
}

// What the numbers below must be read with.
std::string Warnings(const std::vector<Run>& runs) {
  std::string html;
  for (const Run& run : runs) {
    const std::string of = run.label.empty() ? "" : "Run " + run.label + ": ";
    const Json& record = run.record();
    if (record.contains("status") && record["status"].is_object() && !record["status"].value("fault", Json()).is_null())
      html += fmt::format("<p class=warning>{}The device faulted: {}.</p>\n", of,
                          EscapeHtml(FlatText(record["status"]["fault"], "")));
    if (!record.value("slice_tiles", Json()).is_null())
      html += fmt::format("<p class=warning>{}Of each layer no more than {} tiles were run.</p>\n", of,
                          EscapeHtml(FlatText(record["slice_tiles"], "")));
  }
  return html;
}

}  // namespace

std::string Page(const std::vector<Run>& runs) {
  const std::vector<Section> sections = SectionsOf(runs);
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<meta name=color-scheme content=\"light "
      "dark\">\n"
      "<link rel=icon href=\"data:,\">\n<title>Weft report: {}</title>\n<style>\n{}</style></head>\n<body>\n"
      "<a class=skip href=#sum>to the numbers</a>\n<header><h1>Weft report</h1>\n",
      EscapeHtml(runs[0].Title()), FileText("report.css"));
  for (const Run& run : runs) html += fmt::format("<p class=run>{}</p>\n", EscapeHtml(run.Title()));
  html += Warnings(runs) + "<nav aria-label=sections><ul>";
  for (const Section& section : sections) html += fmt::format("<li><a href=#{}>{}</a></li>", section.id, section.title);
  html +=
      "</ul></nav>\n<p class=\"note needs-script\">Charts: point at a part, or reach a chart with Tab and go through "
      "its "
      "parts with the arrow keys.</p></header>\n<main>\n";
  for (const Section& section : sections) {
    html +=
        fmt::format("<section id={0} aria-labelledby={0}-title><h2 id={0}-title>{1}</h2>\n", section.id, section.title);
    if (*section.doc != '\0') html += fmt::format("<p class=doc>{}</p>\n", section.doc);
    html += section.html + "</section>\n";
  }
  return html + "</main>\n<div id=tip aria-hidden=true hidden></div>\n<script>\n" + FileText("report.js") +
         "</script>\n</body></html>\n";
}

}  // namespace weft::report
