// SPDX-License-Identifier: Apache-2.0
#include "compiler/whole_layers.h"

#include <utility>

namespace weft {

WholeLayers::WholeLayers(const Program& program) : program_(program) {
  const std::vector<Step>& steps = program.plan.steps;
  std::map<std::vector<int>, int> in_parts;  // by the operators of a step
  for (size_t s = 0; s < program.mappings.size(); ++s)
    for (const Mapping& m : program.mappings[s])
      if (m.parts > 1) in_parts[steps[s].ops] = static_cast<int>(s);
  if (in_parts.empty()) return;
  for (Step& step : LowerGraph(program.graph, !program.options.keep_tensors).steps) {
    const auto found = in_parts.find(step.ops);
    if (found == in_parts.end()) continue;
    for (ArrayLayer& layer : step.layers) layer = Canonical(std::move(layer));
    whole_[found->second] = std::move(step.layers);
  }
}

const std::vector<ArrayLayer>& WholeLayers::Of(int step) const {
  const auto found = whole_.find(step);
  return found != whole_.end() ? found->second : program_.plan.steps[static_cast<size_t>(step)].layers;
}

}  // namespace weft
