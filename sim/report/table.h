// SPDX-License-Identifier: Apache-2.0
// Tables of a report in HTML, of one run or of two with their differences.

#ifndef WEFT_SIM_REPORT_TABLE_H_
#define WEFT_SIM_REPORT_TABLE_H_

#include <string>
#include <utility>
#include <vector>

#include "sim/report/columns.h"
#include "sim/report/run.h"

namespace weft::report {

// The layers of all runs in the first one's order; those that only another has stand behind the layer that they
// follow there; at the end if no layer meets another. Layers are one if they have the same name, the n-th of that name.
// An entry a run; null: it has no such layer.
std::vector<std::vector<const Layer*>> AlignLayers(const std::vector<Run>& runs);

// A row for each layer and one for all.
std::string LayerTable(const std::string& caption, const Columns& columns, const std::vector<Run>& runs);

// A row for each column, of the totals.
std::string SumTable(const std::string& caption, const Columns& columns, const std::vector<Run>& runs);

// A row for each name in any of the runs; what differs says so.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;
std::string TextTable(const std::string& caption, const std::vector<Run>& runs, const std::vector<NamedTexts>& texts);

// A table in a box of its own that scrolls; what is inside is HTML.
std::string TableBox(const std::string& caption, const std::string& inside);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_TABLE_H_
