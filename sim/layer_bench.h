// SPDX-License-Identifier: Apache-2.0
// One array layer alone on the exact model, to try mappings on: with random data of its density, behind the
// default memory, cold.

#ifndef WEFT_SIM_LAYER_BENCH_H_
#define WEFT_SIM_LAYER_BENCH_H_

#include <cstdint>
#include <vector>

#include "compiler/layer.h"
#include "compiler/mapping.h"
#include "compiler/plan.h"
#include "model/config.h"
#include "model/time.h"

namespace weft {

class LayerBench {
 public:
  static constexpr int64_t kBytesPerCycle = 8;  // of the memory

  LayerBench(const ArrayLayer& layer, const Config& config);

  // Commands, and the weights that they read.
  struct Commands {
    std::vector<uint8_t> image;
    std::vector<uint32_t> words;
  };
  // Of the first passes.
  Commands Schedule(const Mapping& mapping, int64_t passes = INT64_MAX) const;

  // Whether the configuration can address so much memory.
  bool Fits(const Commands& commands) const;

  // Cycles from the doorbell to the end; kNever if they are more than `most_cycles`. pass_ends (null: not
  // wanted) gets the cycle in which the array has done with each pass.
  int64_t Run(const Commands& commands, int64_t most_cycles = kNever, std::vector<int64_t>* pass_ends = nullptr) const;

 private:
  int64_t WordsAt(const Commands& commands) const;
  int64_t WindowBytes(const Commands& commands) const;
  void Place(View* view);
  void Fill(const View& view, uint64_t stream);

  ArrayLayer layer_;
  const Config& config_;
  std::vector<Buffer> buffers_;  // of the tensors
  int64_t record_at_ = 0, at_ = 0;
};

}  // namespace weft

#endif  // WEFT_SIM_LAYER_BENCH_H_
