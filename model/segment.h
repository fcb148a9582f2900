// SPDX-License-Identifier: Apache-2.0
// One run of the accelerator from its cycle 0 on: all units, and the order in which their times
// are found out (docs/model.md). The core's reset at every doorbell makes a new one.
#ifndef WEFT_MODEL_SEGMENT_H_
#define WEFT_MODEL_SEGMENT_H_

#include <cstdint>

#include "model/compute.h"
#include "model/config.h"
#include "model/control.h"
#include "model/counters.h"
#include "model/csr.h"
#include "model/glb.h"
#include "model/memory_side.h"

namespace weft::model {

class Segment final : public MemorySide::Host {
 public:
  struct Setup {
    uint64_t window_base = 0;
    uint32_t window_size = 0, program = 0, program_bytes = 0;
    uint32_t memory_watchdog = 0;  // cycles, 0: off
    Cycle token_watchdog = 0;      // cycles from tick to tick, 0: off
  };
  Segment(const weft::Config& config, const Setup& setup, MemoryModel* memory);

  // Runs up to before `until`, or to what ended it earlier.
  void Run(Cycle until);
  // Issues nothing more from `cycle` on and runs until no burst is outstanding.
  void Drain(Cycle cycle, Cycle until);

  Cycle now() { return memory_.port().now(); }  // first cycle not run yet
  Cycle done_at() const { return done_at_; }    // seen idle; kNever: not yet
  Cycle fault_at() const { return fault_at_; }
  const Csr::Inputs& fault() const { return fault_; }  // in that cycle
  bool drained() { return memory_.port().idle(); }
  int records() const { return records_; }  // layer records written

  // MemorySide::Host
  void LayerEnd(Cycle cycle, int parity) override;
  uint64_t RecordWord(int index) override { return record_[index]; }
  void RecordDone(Cycle) override { ++records_; }
  void OutsideGlb(Cycle cycle) override { outside_at_ = std::min(outside_at_, cycle); }

 private:
  void Settle();
  Cycle NextDecision();
  void Decide(Cycle cycle);
  void CloseLayer();
  bool FindFault(Cycle cycle);
  Cycle TokenFaultAt();
  Cycle GlbFaultAt() const;
  void CountEvents(int parity);

  const weft::Config config_;
  const Setup setup_;
  Glb glb_;
  Control control_;
  Compute compute_;
  MemorySide memory_;
  Counters counters_;

  bool issued_[MemorySide::kEngines] = {};  // the front end's command is the engine's
  // A layer that ended and is not counted yet
  Cycle layer_end_ = kNever;
  int layer_parity_ = 0;
  uint64_t record_[spec::kRecordWords] = {};
  int64_t counted_[2][spec::kEventCount] = {};
  int records_ = 0;
  Cycle outside_at_ = kNever;
  Cycle done_at_ = kNever, fault_at_ = kNever;
  Csr::Inputs fault_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_SEGMENT_H_
