// SPDX-License-Identifier: Apache-2.0
// Charts of a report: SVG inside HTML, readable without scripts. What is plotted carries its number, as the tables
// print it, in data-value, and a sentence in <title>. Positions are shares of the width, so text keeps its size.

#ifndef WEFT_SIM_REPORT_CHART_H_
#define WEFT_SIM_REPORT_CHART_H_

#include <functional>
#include <string>
#include <vector>

#include "sim/report/number.h"
#include "sim/report/run.h"

namespace weft::report {

// What is plotted of each layer; style: the class in report.css; of marks "cap" or "dot".
struct Series {
  std::string name, style;
  std::function<Number(const Run&, const Layer&)> number;
};

// A row a layer: a bar of the stack's parts and a mark for each of marks, on one scale for all runs.
struct BarChart {
  std::string title, unit;
  std::vector<Series> stack, marks;
  Series whole;             // printed at the row's end
  bool has_shares = false;  // can show each layer as wide as the chart
};
std::string Bars(const BarChart& chart, const std::vector<Run>& runs);
std::string Legend(const BarChart& chart);

BarChart EnergyChart();
BarChart CycleChart();
BarChart UseChart();
BarChart TrafficChart();

// Every layer with MACs by MACs per DRAM byte and per cycle, under the roof of multipliers and memory.
std::string Roofline(const std::vector<Run>& runs);

// The first pass of every mapping on the array, one to be chosen, with tables of rows and units.
std::string ArrayDrawings(const Run& run);

// A figure: charts of the runs side by side under a common title and legend, all HTML.
std::string Figure(const std::string& title, const std::string& legend, const std::vector<Run>& runs,
                   const std::vector<std::string>& charts);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_CHART_H_
