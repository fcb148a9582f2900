// SPDX-License-Identifier: Apache-2.0
// Energy of a mapping in closed form: expected events times normalised costs. The unit is one multiplication;
// the costs are those of the row-stationary papers (65 nm, 16 bits): an access to a spad 1, a word moved in the
// array 2, an access to the GLB 6, to DRAM 200. An access or a word is up to 16 bits: an 8-bit operand that
// is moved alone counts one, a 32-bit sum two; GLB and DRAM move bytes in a row, so two bytes count one.

#ifndef WEFT_COMPILER_MAPPING_ENERGY_H_
#define WEFT_COMPILER_MAPPING_ENERGY_H_

#include <cstdint>
#include <map>
#include <vector>

#include "compiler/mapping_cost.h"

namespace weft {

// Accesses and words as above.
struct EnergyCounts {
  double macs = 0;  // cycles of multipliers: also those gated by a weight of zero
  double spad = 0, array = 0, glb = 0, dram = 0;

  static constexpr double kMac = 1, kSpad = 1, kArray = 2, kGlb = 6, kDram = 200;
  double total() const { return kMac * macs + kSpad * spad + kArray * array + kGlb * glb + kDram * dram; }
};

// Of the events that an engine has counted (spec::kEventCount of them; CounterSet: full).
EnergyCounts CountedEnergy(const Config& config, const std::vector<int64_t>& events);

class EnergyModel {
 public:
  EnergyModel(const ArrayLayer& layer, const Config& config) : layer_(layer), c_(config) {}

  // Of a mapping and what CostModel says of it.
  EnergyCounts Estimate(const ArrayWay& way, const Mapping& m, const Cost& cost);
  // No tile of this way takes less; DRAM is left out.
  EnergyCounts LeastOnChip(const ArrayWay& way);

 private:
  // Sums over the row entries, for one filter group and all output positions.
  struct Entries {
    double steps = 0;    // of PEs that are not void
    double values = 0;   // taps met, zeros included
    double rows = 0;     // ifmap rows x channels that PEs listen to
    double outside = 0;  // columns of them that are padding, x channels
  };
  struct Pieces;

  bool conv() const { return layer_.mode == LayerMode::kConv; }
  const Entries& Of(const ArrayWay& way);
  EnergyCounts Sum(const ArrayWay& way, const Pieces& pieces);

  const ArrayLayer& layer_;
  const Config& c_;
  std::map<const void*, Entries> entries_;
};

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPING_ENERGY_H_
