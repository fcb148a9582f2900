// SPDX-License-Identifier: Apache-2.0
// Count x cost = energy of every kind of event, of all layers and of each.

#ifndef WEFT_SIM_REPORT_EVENTS_H_
#define WEFT_SIM_REPORT_EVENTS_H_

#include <string>
#include <vector>

#include "sim/report/run.h"

namespace weft::report {

// Tables in HTML; those of single layers folded away. Of runs whose energy is not known nothing.
std::string EventTables(const std::vector<Run>& runs);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_EVENTS_H_
