// SPDX-License-Identifier: Apache-2.0
// A part of a run record as one list of names and values: "stalls.array.busy", 7.

#ifndef WEFT_SIM_REPORT_FLAT_H_
#define WEFT_SIM_REPORT_FLAT_H_

#include <string>
#include <utility>
#include <vector>

#include "sim/report/run.h"

namespace weft::report {

// In the record's order. An entry of a list that says its `event` goes by that name; other lists are one value.
using FlatList = std::vector<std::pair<std::string, const Json*>>;
FlatList Flatten(const Json& json, const std::string& prefix = "");

// As in the record, text without quotes; null: `null_text`.
std::string FlatText(const Json& value, const std::string& null_text);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_FLAT_H_
