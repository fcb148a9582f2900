// SPDX-License-Identifier: Apache-2.0
// The best row-stationary mapping of a layer, by trying all of a space: n that divide the batch, all e, f = F cut into
// 1 to 8 parts, all p, q, r and t that fit the machine, and the largest m for each.

#ifndef WEFT_COMPILER_ROW_STATIONARY_SEARCH_H_
#define WEFT_COMPILER_ROW_STATIONARY_SEARCH_H_

#include <functional>
#include <optional>
#include <utility>

#include "compiler/row_stationary.h"

namespace weft {

// Lower is better, the second number between equals; no value: not to be chosen.
using RowStationaryScore = std::optional<std::pair<double, double>>;
using RowStationaryObjective = std::function<RowStationaryScore(const RowStationaryCounts&)>;

// The first of equals. Throws Error if there is none.
RowStationaryMapping SearchRowStationary(const RowStationaryShape& shape, const RowStationaryMachine& machine,
                                         const RowStationaryObjective& objective);

}  // namespace weft

#endif  // WEFT_COMPILER_ROW_STATIONARY_SEARCH_H_
