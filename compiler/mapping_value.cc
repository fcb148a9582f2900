// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping_value.h"

namespace weft {
namespace {

// What a byte of DRAM traffic may cost in cycles. By the closed form, 0.1, 0.25 and 0.75 give 259, 233 and 229 MB
// in 121, 126 and 128 million cycles on workloads/vgg16.yaml (sums of dram_bytes and cycles of `weft inspect
// --json`).
constexpr double kCyclesPerByte = 0.25;

constexpr double kBytesPerAccess = 2;

}  // namespace

double MappingValue::AtLeast(double cycles, double on_chip, double dram_bytes) const {
  if (objective_ == Objective::kCycles) return cycles + kCyclesPerByte * dram_bytes;
  const double energy = on_chip + EnergyCounts::kDram * dram_bytes / kBytesPerAccess;
  return objective_ == Objective::kEnergy ? energy : energy * cycles;
}

double MappingValue::Of(const ArrayWay& way, const Mapping& m, const Cost& cost) {
  if (objective_ == Objective::kCycles) return AtLeast(cost.cycles, 0, static_cast<double>(cost.dram_bytes));
  const double energy = energy_.Estimate(way, m, cost).total();
  return objective_ == Objective::kEnergy ? energy : energy * cost.cycles;
}

double MappingValue::LeastOnChip(const ArrayWay& way) {
  return objective_ == Objective::kCycles ? 0 : energy_.LeastOnChip(way).total();
}

}  // namespace weft
