// SPDX-License-Identifier: Apache-2.0
// What lowering makes of a graph: buffers in memory and a list of steps, each either array
// layers (one reported layer may be several array layers: groups, pooling regions) or one
// operator that the host runs.

#ifndef WEFT_COMPILER_PLAN_H_
#define WEFT_COMPILER_PLAN_H_

#include <string>
#include <vector>

#include "compiler/graph.h"
#include "compiler/layer.h"

namespace weft {

// A region of device memory. Tensors may share one (reshape, concatenation).
struct Buffer {
  int64_t bytes = 0;
  int first_step = 0, last_step = 0;  // steps between which its content matters
  bool constant = false;
  std::vector<uint8_t> data;  // constants: the content
  int64_t address = -1;       // offset in the device window, set by memory planning
};

// Where a tensor of the graph lies; strides as in View, channels adjacent.
struct TensorPlace {
  int buffer = -1;
  int64_t offset = 0;
  int64_t pixel_stride = 0;  // bytes from one last-dimension row to the next
};

struct Step {
  bool on_accelerator = false;
  std::string name;            // as in the report: "conv1 + relu"
  std::string op;              // "CONV_2D"
  std::vector<int> ops;        // graph operators it covers
  std::vector<ArrayLayer> layers;  // on_accelerator
  int output_tensor = -1;
  int between_tensor = -1;  // of a pair (pair.h): stays in the GLB
  MacCount macs;
};

struct Plan {
  std::vector<Buffer> buffers;
  std::vector<TensorPlace> places;  // one per graph tensor; buffer -1: not in memory
  std::vector<Step> steps;
  std::vector<std::string> warnings;
};

// Chooses what runs where, fuses, and lowers. Every tensor that a step reads or writes gets a place.
Plan LowerGraph(const Graph& graph, bool fuse);

}  // namespace weft

#endif  // WEFT_COMPILER_PLAN_H_
