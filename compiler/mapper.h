// SPDX-License-Identifier: Apache-2.0
// Which mapping each layer gets: the closed form ranks them, a judge that knows better decides among the
// best. Equal layers are mapped once.

#ifndef WEFT_COMPILER_MAPPER_H_
#define WEFT_COMPILER_MAPPER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "compiler/layer.h"
#include "compiler/mapping.h"
#include "model/config.h"

namespace weft {

struct Judgement {
  int64_t cycles = 0, dram_bytes = 0;
};

// Of each of a layer's mappings. With a larger most_cycles it is surer and takes longer; layers up to that
// length are known exactly. Values of weights and biases must not matter.
using Judge = std::function<std::vector<Judgement>(const ArrayLayer& layer, const Config& config,
                                                   const std::vector<Mapping>& mappings, int64_t most_cycles)>;

class Mapper {
 public:
  // Without a judge (empty) the closed form decides.
  Mapper(const Config& config, Judge judge, Objective objective = Objective::kCycles)
      : config_(config), judge_(std::move(judge)), objective_(objective) {}

  const Mapping& Choose(const ArrayLayer& layer);
  // A mapping each. A layer that runs faster in parts (split.h) gives way to them.
  std::vector<Mapping> MapAll(std::vector<ArrayLayer>* layers);

 private:
  Mapping Decide(const ArrayLayer& layer) const;
  std::vector<ArrayLayer> PartsToTry(const ArrayLayer& layer, const Mapping& whole) const;
  void KeepBest(const ArrayLayer& layer, int64_t most_cycles, size_t count, std::vector<Mapping>* mappings) const;

  const Config& config_;
  const Judge judge_;
  const Objective objective_;
  std::map<std::vector<int64_t>, Mapping> chosen_;
};

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPER_H_
