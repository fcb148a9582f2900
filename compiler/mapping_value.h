// SPDX-License-Identifier: Apache-2.0
// What the search minimises: a number for each objective, and a bound of it that is cheap.

#ifndef WEFT_COMPILER_MAPPING_VALUE_H_
#define WEFT_COMPILER_MAPPING_VALUE_H_

#include "compiler/mapping_energy.h"

namespace weft {

// What a byte of DRAM traffic may cost in cycles where cycles are the objective.
double CyclesPerByte(const ArrayLayer& layer, Objective objective);
// Cycles that the closed form expects of a mapping, its traffic counted so.
inline double ValueOf(const Mapping& m, double per_byte) {
  return static_cast<double>(m.cycles) + per_byte * static_cast<double>(m.dram_bytes);
}

class MappingValue {
 public:
  MappingValue(const ArrayLayer& layer, const Config& config, Objective objective);

  double Of(const ArrayWay& way, const Mapping& m, const Cost& cost);
  // No tile of a way is worth less, if none has fewer cycles, less energy on the chip and fewer DRAM bytes.
  double AtLeast(double cycles, double on_chip, double dram_bytes) const;
  // Energy of any tile of the way, DRAM aside; 0 where energy does not count.
  double LeastOnChip(const ArrayWay& way);


 private:
  bool CountsEnergy() const { return objective_ == Objective::kEnergy || objective_ == Objective::kProduct; }

  EnergyModel energy_;
  const Objective objective_;
  const double cycles_per_byte_;
};

constexpr const char* kObjectiveNames[] = {"cycles", "energy", "product", "latency"};
inline const char* ObjectiveName(Objective objective) { return kObjectiveNames[static_cast<size_t>(objective)]; }

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPING_VALUE_H_
