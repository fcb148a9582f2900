// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping_value.h"

namespace weft {
namespace {

// What a byte of DRAM traffic may cost in cycles: next to nothing where all products must be made, more the more of
// them are skipped and the larger the memory's part of time and energy becomes. Measured in docs/mapping.md.
constexpr double kByteOfDense = 0.05, kByteOfZeros = 1.4;

constexpr double kBytesPerAccess = 2;

}  // namespace

double CyclesPerByte(const ArrayLayer& layer, Objective objective) {
  return objective == Objective::kLatency ? 0 : kByteOfDense + kByteOfZeros * (1 - layer.density);
}

MappingValue::MappingValue(const ArrayLayer& layer, const Config& config, Objective objective)
    : energy_(layer, config), objective_(objective),
      cycles_per_byte_(CyclesPerByte(layer, objective)) {}

double MappingValue::AtLeast(double cycles, double on_chip, double dram_bytes) const {
  if (!CountsEnergy()) return cycles + cycles_per_byte_ * dram_bytes;
  const double energy = on_chip + EnergyCounts::kDram * dram_bytes / kBytesPerAccess;
  return objective_ == Objective::kEnergy ? energy : energy * cycles;
}

double MappingValue::Of(const ArrayWay& way, const Mapping& m, const Cost& cost) {
  if (!CountsEnergy()) return AtLeast(cost.cycles, 0, static_cast<double>(cost.dram_bytes));
  const double energy = energy_.Estimate(way, m, cost).total();
  return objective_ == Objective::kEnergy ? energy : energy * cost.cycles;
}

double MappingValue::LeastOnChip(const ArrayWay& way) {
  return !CountsEnergy() ? 0 : energy_.LeastOnChip(way).total();
}

}  // namespace weft
