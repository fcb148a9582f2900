// SPDX-License-Identifier: Apache-2.0
// What zeros in activations are worth, five ways, on the same layers. docs/studies.md has the rules.

#ifndef WEFT_SIM_STUDY_ZEROS_H_
#define WEFT_SIM_STUDY_ZEROS_H_

#include <string>
#include <vector>

#include "model/energy.h"
#include "sim/study/study.h"
#include "sim/study/run.h"

namespace weft {

// Nothing is done about zeros; their multiplications are gated; as gated, and feature maps run-length coded in DRAM;
// they are skipped (Weft); as skipped, and coded.
enum ZerosWay : size_t { kDenseWay, kGatedWay, kGatedCodedWay, kSkippedWay, kSkippedCodedWay, kZerosWays };
constexpr const char* kZerosWayNames[kZerosWays] = {"dense", "gating", "gating, coded", "skipping", "skipping, coded"};

struct ZerosFigures {
  int64_t cycles = 0, dram_bytes = 0;
  LayerEnergy energy;
};
struct ZerosLayer {
  std::string name;
  double zeros_in = 0, zeros_out = 0;  // of values; out: of the next layer's ifmap, 0 behind the last
  ZerosFigures ways[kZerosWays];
};

// Of one workload, run with no zeros and with its own.
std::vector<ZerosLayer> ZerosOf(const MeasuredWorkload& dense, const MeasuredWorkload& zeros, const EnergyTable& table);

StudyResult StudyZerosOf(const std::vector<Workload>& workloads);
StudyResult StudyZeros();  // of PublishedWorkloads

}  // namespace weft

#endif  // WEFT_SIM_STUDY_ZEROS_H_
