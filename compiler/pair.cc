// SPDX-License-Identifier: Apache-2.0
#include "compiler/pair.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "compiler/fuse.h"
#include "compiler/mapping_value.h"

namespace weft {
namespace {

bool Dense(const View& v) {
  return v.w_stride == v.c && v.h_stride == v.w * v.w_stride && (v.n == 1 || v.n_stride == v.h * v.h_stride);
}

// Whether step i has to do with a buffer.
bool Touches(const Graph& graph, const Plan& plan, size_t i, int buffer) {
  const Step& step = plan.steps[i];
  const auto place = [&](int t) { return plan.places[static_cast<size_t>(t)].buffer; };
  if (place(step.output_tensor) == buffer) return true;
  for (const ArrayLayer& layer : step.layers)
    if (layer.in.buffer == buffer || (layer.has_residual && layer.residual.buffer == buffer)) return true;
  if (step.on_accelerator) return false;
  for (int op : step.ops)
    for (int t : graph.ops[static_cast<size_t>(op)].inputs)
      if (place(t) == buffer) return true;
  return false;
}

}  // namespace

bool CanPair(const Graph& graph, const Plan& plan, size_t s) {
  if (s + 1 >= plan.steps.size()) return false;
  const Step &a = plan.steps[s], &b = plan.steps[s + 1];
  if (!a.on_accelerator || !b.on_accelerator || a.layers.size() != 1 || b.layers.size() != 1) return false;
  const ArrayLayer &first = a.layers[0], &second = b.layers[0];
  if (first.mode == LayerMode::kConv || first.has_residual || second.mode != LayerMode::kConv) return false;
  // A matrix product over the positions of the first layer's output.
  if (second.kernel_h != 1 || second.kernel_w != 1 || second.stride_w != 1 || second.out.n != 1 || second.out.h != 1)
    return false;
  const View &made = first.out, &used = second.in;
  if (made.buffer < 0 || made.buffer != used.buffer || made.offset != used.offset || made.c != used.c) return false;
  if (used.w == 1 || made.n * made.h * made.w != used.w || used.w != second.out.w) return false;
  if (!Dense(made) || !Dense(used)) return false;
  if (second.has_residual && second.residual.buffer == made.buffer) return false;
  const auto in_between = [&](int t) { return plan.places[static_cast<size_t>(t)].buffer == made.buffer; };
  if (std::any_of(graph.inputs.begin(), graph.inputs.end(), in_between)) return false;
  if (std::any_of(graph.outputs.begin(), graph.outputs.end(), in_between)) return false;
  for (size_t i = 0; i < plan.steps.size(); ++i)
    if (i != s && i != s + 1 && Touches(graph, plan, i, made.buffer)) return false;
  return !in_between(b.output_tensor);
}

void MergePair(const Graph& graph, Plan* plan, size_t s) {
  Step &a = plan->steps[s], &b = plan->steps[s + 1];
  const int between = a.layers[0].out.buffer;
  for (TensorPlace& place : plan->places)
    if (place.buffer == between) place = TensorPlace();
  plan->buffers[static_cast<size_t>(between)] = Buffer();
  a.layers[0].out.buffer = b.layers[0].in.buffer = -1;
  a.name += " + " + b.name;
  a.ops.insert(a.ops.end(), b.ops.begin(), b.ops.end());
  a.layers.push_back(std::move(b.layers[0]));
  a.between_tensor = a.output_tensor;
  a.output_tensor = b.output_tensor;
  a.macs.macs += b.macs.macs;
  a.macs.macs_padded += b.macs.macs_padded;
  plan->steps.erase(plan->steps.begin() + static_cast<std::ptrdiff_t>(s) + 1);
  SetLifetimes(graph, plan);
}

std::vector<std::vector<Mapping>> MergePairs(const Graph& graph, const Config& config, Objective objective, Plan* plan) {
  // Pairs are compared by cycles and traffic only.
  const Objective by = objective == Objective::kLatency ? objective : Objective::kCycles;
  std::vector<std::vector<Mapping>> mappings(plan->steps.size());
  for (size_t s = 0; s + 1 < plan->steps.size(); ++s) {
    if (!CanPair(graph, *plan, s)) continue;
    const ArrayLayer &first = plan->steps[s].layers[0], &second = plan->steps[s + 1].layers[0];
    std::vector<Mapping> pair = MapPair(first, second, config, by);
    if (pair.empty()) continue;
    const double apart = ValueOf(ChooseMapping(first, config, by), CyclesPerByte(first, by)) +
                         ValueOf(ChooseMapping(second, config, by), CyclesPerByte(second, by));
    const double per_byte = std::max(CyclesPerByte(first, by), CyclesPerByte(second, by));
    if (ValueOf(pair[0], per_byte) >= apart) continue;
    MergePair(graph, plan, s);
    mappings[s] = std::move(pair);
    mappings.erase(mappings.begin() + static_cast<std::ptrdiff_t>(s) + 1);
  }
  return mappings;
}

}  // namespace weft
