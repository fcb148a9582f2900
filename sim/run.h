// SPDX-License-Identifier: Apache-2.0
// Inferences on an engine, with what it says of every layer.

#ifndef WEFT_SIM_RUN_H_
#define WEFT_SIM_RUN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/program.h"
#include "compiler/reference.h"
#include "sim/session.h"

namespace weft {

// One step of the plan, summed over all inferences.
struct LayerResult {
  int step = 0;
  bool has_record = false;  // the numbers below are known
  bool saturated = false;   // a counter stands at its end
  int64_t cycles = 0;
  std::vector<int64_t> events;   // spec::kEventCount
  std::vector<int64_t> classes;  // engines x classes
};

struct RunResult {
  int batch = 1;
  std::vector<LayerResult> layers;
  std::vector<int> output_tensors;  // the graph's outputs, or those of the layers asked for
  std::vector<TensorData> outputs;  // one per output tensor, all inferences one after the other
  Fault fault;                      // outputs are empty if it is one
  std::string fault_line;
  double wall_seconds = 0;
  std::optional<double> host_seconds;
};

struct RunOptions {
  int batch = 1;
  int jobs = 1;  // inferences side by side, where the engine can
  // Only these steps, each alone and cold, with inputs from the reference engine.
  std::optional<std::pair<int, int>> layers;
  // Called with the segments (reference: inferences) done and their number; may be empty.
  std::function<void(int64_t done, int64_t all)> progress;
};

// inputs: per graph input the tensors of all inferences.
RunResult RunOnReference(const Program& program, const std::vector<TensorData>& inputs,
                         const RunOptions& options);

// With options.layers the program must have been compiled with one_segment_per_layer.
RunResult RunOnDevice(const Program& program, SegmentRunner* device,
                      const std::vector<TensorData>& inputs, const RunOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_RUN_H_
