// SPDX-License-Identifier: Apache-2.0
// The array layers of a step as they were before the mapper computed some of them in parts (split.h): what a bound
// must be of, since each part reads the filters again.

#ifndef WEFT_COMPILER_WHOLE_LAYERS_H_
#define WEFT_COMPILER_WHOLE_LAYERS_H_

#include <map>
#include <vector>

#include "compiler/program.h"

namespace weft {

class WholeLayers {
 public:
  explicit WholeLayers(const Program& program);
  const std::vector<ArrayLayer>& Of(int step) const;

 private:
  const Program& program_;
  std::map<int, std::vector<ArrayLayer>> whole_;  // of steps with layers in parts
};

}  // namespace weft

#endif  // WEFT_COMPILER_WHOLE_LAYERS_H_
