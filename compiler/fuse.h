// SPDX-License-Identifier: Apache-2.0
// Which operators disappear: padding into the convolution behind it, an addition into the
// convolution before it, reshapes and concatenations with agreeing scales into addresses.

#ifndef WEFT_COMPILER_FUSE_H_
#define WEFT_COMPILER_FUSE_H_

#include <vector>

#include "compiler/graph.h"
#include "compiler/layer.h"
#include "compiler/plan.h"

namespace weft {

class Fusion {
 public:
  bool absorbed(int op) const { return absorbed_[static_cast<size_t>(op)]; }
  // The ADD whose work convolution `op` does too; -1 if none.
  int residual_add_of(int op) const { return residual_add_[static_cast<size_t>(op)]; }
  // Operators that run as one with `op`, itself first.
  std::vector<int> OpsOf(int op) const;
  // Activation input i of op, looking through a folded PAD.
  int InputOf(const Op& op, int i) const;
  // Adds a folded PAD's rows and columns to the layer's padding.
  void AddPadding(const Op& op, ArrayLayer* layer) const;

 private:
  friend Fusion FuseOperators(const Graph& graph, bool enabled);
  friend void PlaceTensors(const Graph& graph, const Fusion& fusion, Plan* plan);
  const Graph* graph_ = nullptr;
  std::vector<bool> absorbed_;
  std::vector<int> residual_add_;
  std::vector<int> pad_of_tensor_;      // tensor -> PAD operator folded into its readers, -1
  std::vector<bool> free_;              // reshapes and free concatenations
};

// enabled = false: only reshapes disappear.
Fusion FuseOperators(const Graph& graph, bool enabled);

// Buffers for all tensors that steps read or write.
void PlaceTensors(const Graph& graph, const Fusion& fusion, Plan* plan);

// first_step and last_step of every buffer, once the steps are known.
void SetLifetimes(const Graph& graph, Plan* plan);

}  // namespace weft

#endif  // WEFT_COMPILER_FUSE_H_
