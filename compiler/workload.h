// SPDX-License-Identifier: Apache-2.0
// A workload: layer shapes with zero fractions, to be filled with random data. docs/workloads.md
// has the fields and the generator, import_workload.h makes a graph of it.

#ifndef WEFT_COMPILER_WORKLOAD_H_
#define WEFT_COMPILER_WORKLOAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/graph.h"

namespace weft {

enum class WorkloadType : uint8_t { kConv, kDepthwise, kMatmul, kAdd, kMaxPool, kAveragePool };

const char* WorkloadTypeName(WorkloadType type);  // "conv", ...

// Sizes are resolved: from a chained layer's inputs, `pad: same` to numbers.
struct WorkloadLayer {
  std::string name;
  WorkloadType type = WorkloadType::kConv;
  std::vector<int> inputs;              // earlier layers; empty: random tensors of its own
  std::vector<int> in_shape, out_shape;  // [N, H, W, C]; [rows, depth] for a matrix product
  Window window;                        // conv, depthwise, pools; dilation 1
  int groups = 1;                       // conv
  bool relu = false;                    // never for pools
  double activation_zeros = 0;          // of random inputs
  double weight_zeros = 0;

  bool has_weights() const { return type <= WorkloadType::kMatmul; }
  int in_channels() const { return in_shape.back(); }
  int out_channels() const { return out_shape.back(); }
  // Products in one sum of a layer with weights.
  int64_t depth() const;
  std::vector<int> weight_shape() const;  // as in graph.h
};

struct Workload {
  std::string name, source;
  uint64_t seed = 1;
  std::optional<double> zeros;  // of every activation tensor, instead of the layers' own
  ZerosKind zeros_kind = ZerosKind::kIid;
  std::vector<WorkloadLayer> layers;
};

constexpr char kIid[] = "iid", kClustered[] = "clustered";  // spelling of ZerosKind

// Throws Error: one line that begins with `file` and names layer, field and bound. Every accepted
// workload makes a graph.
Workload ParseWorkload(const std::string& yaml, const std::string& file);

// Parses to the same workload.
std::string WorkloadToYaml(const Workload& workload);

}  // namespace weft

#endif  // WEFT_COMPILER_WORKLOAD_H_
