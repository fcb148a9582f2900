// SPDX-License-Identifier: Apache-2.0
// The exact model as the mapper's judge (docs/mapping.md).

#ifndef WEFT_SIM_JUDGE_H_
#define WEFT_SIM_JUDGE_H_

#include <cstdint>
#include <vector>

#include "compiler/mapper.h"

namespace weft {

// A layer of up to most_cycles by the closed form is run whole; of a longer one about so many cycles, from
// which the rest is extrapolated. Traffic is that of the whole layer's commands.
std::vector<Judgement> JudgeByModel(const ArrayLayer& layer, const Config& config, const std::vector<Mapping>& mappings,
                                    int64_t most_cycles);

}  // namespace weft

#endif  // WEFT_SIM_JUDGE_H_
