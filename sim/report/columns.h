// SPDX-License-Identifier: Apache-2.0
// What the tables of a report tell of each layer and of all: names with units, and where the numbers come from.

#ifndef WEFT_SIM_REPORT_COLUMNS_H_
#define WEFT_SIM_REPORT_COLUMNS_H_

#include <functional>
#include <string>
#include <vector>

#include "sim/report/number.h"
#include "sim/report/run.h"

namespace weft::report {

// A number, or if that is empty a text. Takes a layer or the run's total.
struct Column {
  std::string name;
  std::function<Number(const Run&, const Layer&)> number;
  std::function<std::string(const Layer&)> text;
};
using Columns = std::vector<Column>;

Columns SumColumns();     // what a run comes to
Columns LayerColumns();   // the same of layers, in short
Columns EnergyColumns();  // by component, then all
Columns EnergyRates();    // power, per MAC
Columns CycleColumns();   // of the array, by class
Columns UseColumns();     // utilization, cap, zeros
Columns RooflineColumns();
Columns TrafficColumns();  // against what is possible
Columns MappingColumns();  // of a layer's first array layer; of all not known

// MACs per DRAM byte and per cycle; MACs per cycle that the roof allows there, not known if the record tells
// multipliers or memory not.
std::optional<double> MacsPerByte(const Layer& layer);
std::optional<double> MacsPerCycle(const Layer& layer);
std::optional<double> RoofAt(const Run& run, const std::optional<double>& macs_per_byte);

// Utilization at the cap.
std::optional<double> CapUtilization(const Run& run, const Layer& layer);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_COLUMNS_H_
