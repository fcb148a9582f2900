// SPDX-License-Identifier: Apache-2.0
// What `weft map` tells of a layer: the mapping chosen and what it costs, by the closed form and on the exact
// model; the cap; what was rejected and why.

#ifndef WEFT_SIM_MAP_REPORT_H_
#define WEFT_SIM_MAP_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/mapping_cap.h"
#include "compiler/mapping_energy.h"
#include "compiler/program.h"
#include "sim/record.h"
#include "sim/run.h"

namespace weft {

// A mapping and what the closed form says of it, for one inference.
struct MappingNumbers {
  Mapping mapping;
  Cost cost;
  EnergyCounts energy;
  double value = 0;  // of the objective
};
MappingNumbers NumbersOfMapping(const ArrayLayer& layer, const Config& config, const Mapping& mapping,
                                Objective objective);

// Why `other` is worse than `chosen`: the part of the objective that grows most.
std::string WhyWorse(const MappingNumbers& chosen, const MappingNumbers& other, Objective objective);

struct MappedLayer {  // an array layer
  MappingNumbers chosen;
  ResourceCycles busy{};  // as expected of the mapping
  LayerCap cap;           // of the first inference
  MultiplierUse use;      // of the mapping, likewise
  std::vector<MappingNumbers> rejected;
};

// A step of the plan; numbers are sums over the batch.
struct MappedStep {
  int step = 0;
  std::vector<MappedLayer> layers;  // empty on the host
  double predicted_cycles = 0;
  int64_t predicted_dram_bytes = 0;
  double cap_cycles = 0, in_step_cycles = 0, ideal_cycles = 0;
  ResourceCycles cap{};  // without latency
  ResourceCycles busy{};
  LayerResult measured;
  LayerNumbers numbers;
};

struct MapOptions {
  int batch = 1;
  size_t rejected = 0;  // at most so many alternatives of each array layer
  bool quiet = false;
  uint64_t seed = 1;
};

// Runs the steps [first, last] on the exact model, each alone and cold. The program must have been compiled with
// one_segment_per_layer. Throws Error (kDevice) on a fault.
std::vector<MappedStep> MapSteps(const Program& program, const std::vector<TensorData>& inputs, int first, int last,
                                 const MapOptions& options);

std::string MapTable(const Program& program, const std::vector<MappedStep>& steps);
std::string MapDetails(const Program& program, const MappedStep& step, int batch);
nlohmann::ordered_json MapJson(const Program& program, const std::vector<MappedStep>& steps);

}  // namespace weft

#endif  // WEFT_SIM_MAP_REPORT_H_
