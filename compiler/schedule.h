// SPDX-License-Identifier: Apache-2.0
// From mapped layers to command streams. Each engine's commands are written down in its own
// order with the tokens they take and give; Merge interleaves them so that every command's tokens come from
// commands before it (no order of execution can then deadlock) and loads stand as early as their buffers allow.

#ifndef WEFT_COMPILER_SCHEDULE_H_
#define WEFT_COMPILER_SCHEDULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/command.h"
#include "compiler/layer.h"
#include "compiler/mapping.h"
#include "compiler/plan.h"
#include "model/config.h"

namespace weft {

// Constants of a program that commands read from memory; grows while layers are scheduled.
struct WeightImage {
  int64_t base = 0;  // offset in the device window, set before scheduling
  std::vector<uint8_t> bytes;
  int64_t Append(const std::vector<uint8_t>& block);  // returns the window offset; 64-byte aligned
};

// How much of each array layer is scheduled. Its mapping and its addresses are the whole layer's.
struct Slice {
  int64_t tiles = INT64_MAX;   // of positions and filters
  int64_t passes = INT64_MAX;  // may end in the middle of a tile, whose outputs are not stored then
};

class Scheduler {
 public:
  Scheduler(const Config& config, const std::vector<Buffer>& buffers, WeightImage* weights, const Slice& slice = {})
      : config_(config), buffers_(buffers), weights_(weights), slice_(slice) {
    ForgetSlots();
  }

  // Appends one reported layer (all its array layers) to the segment; its record goes to record_address.
  void AddLayer(const std::vector<ArrayLayer>& layers, const std::vector<Mapping>& mappings,
                int layer_index, int64_t record_address);

  // Ends the segment and returns its command words.
  std::vector<uint32_t> Finish();

 private:
  friend class LayerEmitter;
  enum Engine { kFl, kIl, kSt, kC, kEngines };

  void ForgetSlots();

  const Config& config_;
  const std::vector<Buffer>& buffers_;
  WeightImage* weights_;
  const Slice slice_;
  std::vector<Command> lists_[kEngines];
  int layers_ = 0;        // reported layers so far, for the parity
  int array_layers_ = 0;  // array layers so far, for the CFG slot
  int last_store_ = -1;   // in lists_[kSt]: ends the array layer before
  // What the hardware's slots hold at this point of the C engine's list.
  int64_t copy_key_[2] = {-1, -1};
  int next_copy_ = 0;
  int64_t half_key_[2] = {-1, -1};
  int next_half_ = 0;
  std::vector<std::vector<uint32_t>> patterns_;
  std::vector<int> pattern_order_;  // slots, the one used last at the end
};

}  // namespace weft

#endif  // WEFT_COMPILER_SCHEDULE_H_
