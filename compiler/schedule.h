// SPDX-License-Identifier: Apache-2.0
// From mapped layers to command streams. Each engine's commands are written down in its own
// order with the tokens they take and give; Merge interleaves them so that every command's tokens come from
// commands before it (no order of execution can then deadlock) and loads stand as early as their buffers allow,
// also before the end of the layer before.

#ifndef WEFT_COMPILER_SCHEDULE_H_
#define WEFT_COMPILER_SCHEDULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/command.h"
#include "compiler/handover.h"
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

  // Appends two layers that run tile by tile as one reported layer: the first one's outputs stay in the GLB,
  // where the second one reads them (pair.h).
  void AddPair(const std::vector<ArrayLayer>& layers, const std::vector<Mapping>& mappings, int layer_index,
               int64_t record_address);

  // Ends the segment and returns its command words.
  std::vector<uint32_t> Finish();

 private:
  friend class LayerEmitter;
  enum Engine { kFl, kIl, kSt, kC, kEngines };
  static constexpr uint32_t Bit(int semaphore) { return uint32_t{1} << semaphore; }

  void ForgetSlots();
  void BeginArrayLayer();
  void EndArrayLayer();
  // Whether the next load of FL or IL may come before the end of the array layer before.
  bool Overlaps(Engine engine) const { return st_waited_[engine] < before_.last_store() && !config_.counter_small; }
  // The semaphores for a load of FL or IL to these bytes of the GLB, once C command `user` of its own layer has ended
  // (a pass: or is fed); `from` is what it reads, none for constants.
  uint32_t WaitToLoad(Engine engine, int64_t glb, int64_t bytes, const MemoryExtent* from, int user,
                      bool when_fed = false);
  // The semaphores for a command of FL, IL or ST that may run once C command `user` has ended (a pass: or is fed).
  uint32_t WaitForC(Engine engine, int user, bool when_fed = false);
  // The semaphores for a command that may run once command `store` of ST is done.
  uint32_t WaitForStore(Engine engine, int store);
  // The semaphores for C command `pass`, which needs what command `load` of IL and those before it bring.
  uint32_t WaitForLoad(int load, int pass);
  // The next pass may start once C command `user`, a pass, has written its outputs, and so may loads from here on.
  void AfterOutputsOf(int user);
  void EndLayer(int layer_index, int64_t record_address);

  const Config& config_;
  const std::vector<Buffer>& buffers_;
  WeightImage* weights_;
  const Slice slice_;
  std::vector<Command> lists_[kEngines];
  int layers_ = 0;        // reported layers so far, for the parity
  int array_layers_ = 0;  // array layers so far, for the CFG slot
  Handover now_, before_;  // of this array layer and the one before
  int now_begins_ = 0;     // in lists_[kSt]: the first command of this array layer
  int must_store_ = -1;    // the command of ST that its loads wait for in any case
  // The last C command, and the last one of ST, whose token each engine has taken: tokens come in the order of the
  // commands that give them, so all before it have ended too.
  int c_waited_[kEngines] = {-1, -1, -1, -1}, st_waited_[kEngines] = {-1, -1, -1, -1};
  int load_waited_ = -1;   // the last IL command whose token C has taken
  int must_load_ = -1;     // the IL command that every pass from here on needs
  int il_taker_ = -1;      // in lists_[kC]: the last pass that has taken one
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
