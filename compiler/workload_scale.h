// SPDX-License-Identifier: Apache-2.0
// Output scales of a workload's layers, such that at most 1 % of the outputs of every layer that
// scales saturate: from mean squares of activations and weights, not from running the layers.
// docs/workloads.md has the formulas.

#ifndef WEFT_COMPILER_WORKLOAD_SCALE_H_
#define WEFT_COMPILER_WORKLOAD_SCALE_H_

#include <vector>

#include "compiler/workload.h"

namespace weft {

constexpr int kMostBias = 1024;                 // random part of a bias
constexpr float kInputScale = 1.0f / 255.0f;    // of random activations: real numbers 0 to 1

struct LayerScale {
  float scale = 0;  // of the output
  int zero_point = 0;
  double sum_sigma = 1;  // with weights: the standard deviation that the sums are taken to have
  double shift = 0;      // with weights: added to every sum, in those standard deviations
  double silent = 0;     // with weights: fraction of the output channels that are always zero
};

// One per layer.
std::vector<LayerScale> ScaleLayers(const Workload& workload);

// What fraction of its own random inputs and of its rectified sums is zero.
double InputZeros(const Workload& workload, const WorkloadLayer& layer);

}  // namespace weft

#endif  // WEFT_COMPILER_WORKLOAD_SCALE_H_
