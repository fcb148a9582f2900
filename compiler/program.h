// SPDX-License-Identifier: Apache-2.0
// A compiled network: what the driver loads, starts and reports on.

#ifndef WEFT_COMPILER_PROGRAM_H_
#define WEFT_COMPILER_PROGRAM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/graph.h"
#include "compiler/mapper.h"
#include "compiler/mapping.h"
#include "compiler/plan.h"
#include "model/config.h"

namespace weft {

// A run of accelerator layers between two operators of the host.
struct Segment {
  int first_step = 0, last_step = 0;  // inclusive
  int64_t address = 0;                // of its commands in the device window
  std::vector<uint32_t> words;
};

struct CompileOptions {
  // Every operator's output gets memory of its own and nothing is fused, so that all intermediate
  // tensors can be read back.
  bool keep_tensors = false;
  // Every accelerator layer is a segment of its own, so that it can run alone and cold.
  bool one_segment_per_layer = false;
  Objective objective = Objective::kCycles;
  // Only these steps (inclusive) are mapped and get commands; no program file holds such a program.
  std::optional<std::pair<int, int>> steps;
  // Only so many tiles (of positions and filters) of every array layer are computed, with the mapping of
  // the whole layer; 0: all.
  int64_t slice_tiles = 0;
  // Decides among the mapper's best; empty: the closed form.
  Judge judge;
};

struct Program {
  Config config;
  CompileOptions options;
  std::string model_name;
  std::vector<uint8_t> model_bytes;  // the source file: host operators and reports need the graph
  Graph graph;
  Plan plan;
  std::vector<std::vector<Mapping>> mappings;  // per step, per array layer
  std::vector<Segment> segments;
  std::vector<uint8_t> image;  // weights and constants, at image_address
  int64_t image_address = 0;
  std::vector<int64_t> record_address;  // per step; -1 for host steps
  int64_t window_bytes = 0;             // device memory the program needs

  // Bytes of one inference of a graph input or output.
  int64_t tensor_bytes(int tensor) const { return graph.tensor(tensor).bytes(); }
};

Program Compile(Graph graph, const Config& config, const CompileOptions& options = {});

}  // namespace weft

#endif  // WEFT_COMPILER_PROGRAM_H_
