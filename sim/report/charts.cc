// SPDX-License-Identifier: Apache-2.0
// Which numbers the bar charts of a report plot.
#include "sim/report/chart.h"
#include "sim/report/columns.h"

namespace weft::report {
namespace {

constexpr const char* kComponentDocs[kEnergyComponents] = {
    "mac: multiplications", "spad: scratch pads of the PEs",      "noc: buses and chains", "glb: global buffer",
    "dram: memory",         "other: requantizing, every cycle"};
constexpr const char* kClassDocs[spec::kClassCount] = {"busy",
                                                       "output: waits for output space",
                                                       "memory: waits for memory",
                                                       "input: waits for input",
                                                       "token: waits for another engine",
                                                       "idle"};

Series Of(const std::string& name, const std::string& style, const Column& column) {
  return {name, style, column.number};
}

}  // namespace

BarChart EnergyChart() {
  BarChart chart{"Energy of each layer by component", "µJ", {}, {}, {}, true};
  const Columns columns = EnergyColumns();
  for (size_t c = 0; c < kEnergyComponents; ++c)
    chart.stack.push_back(Of(kComponentDocs[c], std::string("part-") + kEnergyComponentNames[c], columns[c]));
  chart.whole = Of("energy", "", columns.back());
  return chart;
}

BarChart CycleChart() {
  BarChart chart{"Cycles of each layer by what the array did", "cycles", {}, {}, {}, true};
  const Columns columns = CycleColumns();
  for (size_t c = 0; c < spec::kClassCount; ++c)
    chart.stack.push_back(Of(kClassDocs[c], std::string("class-") + spec::kClassNames[c], columns[c]));
  chart.whole = Of("cycles", "", columns.back());
  return chart;
}

BarChart UseChart() {
  const Columns columns = UseColumns();
  const Series used = Of("utilization", "used", columns[0]);
  return {"Utilization, cap and zero fraction",
          "utilization",
          {used},
          {Of("utilization at the cap", "cap", columns[1]), Of("zero fraction", "dot", columns[2])},
          used,
          false};
}

BarChart TrafficChart() {
  const Columns columns = TrafficColumns();
  return {"DRAM bytes of each layer against the least possible",
          "bytes",
          {Of("read", "read", columns[0]), Of("written", "written", columns[1])},
          {Of("bound", "cap", columns[4]), Of("best tiling", "dot", columns[5])},
          Of("all", "", columns[2]),
          true};
}

}  // namespace weft::report
