// SPDX-License-Identifier: Apache-2.0
// One run of the accelerator from its cycle 0 on: all units, and the order in which their times
// are found out (docs/model.md). The core's reset at every doorbell makes a new one.
#ifndef WEFT_MODEL_SEGMENT_H_
#define WEFT_MODEL_SEGMENT_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/config.h"
#include "model/counters.h"
#include "model/csr.h"
#include "model/event_log.h"
#include "model/mover.h"
#include "model/units.h"

namespace weft::model {

class Segment final : public EnginePorts::Host, public Mover::Words {
 public:
  struct Setup {
    uint64_t window_base = 0;
    uint32_t window_size = 0, program = 0, program_bytes = 0;
    uint32_t memory_watchdog = 0;  // cycles, 0: off
    Cycle token_watchdog = 0;      // cycles from tick to tick, 0: off
  };
  // Resets the units.
  // log: null if nobody wants one.
  Segment(const weft::Config& config, const Setup& setup, const Units& units, EventLog* log);

  // Runs up to before `until`, or to what ended it earlier.
  void Run(Cycle until);
  // Issues nothing more from `cycle` on and runs until no burst is outstanding.
  void Drain(Cycle cycle, Cycle until);

  Cycle now() { return port_.now(); }  // first cycle not run yet
  Cycle done_at() const { return done_at_; }    // seen idle; kNever: not yet
  Cycle fault_at() const { return fault_at_; }
  const Csr::Inputs& fault() const { return fault_; }  // in that cycle
  bool drained() { return port_.idle(); }
  int records() const { return records_; }  // layer records written

  // EnginePorts::Host, Mover::Words
  void CommandFired(int /*engine*/) override { port_.ReturnEarly(); }
  void CommandDone(int engine, Cycle cycle) override;
  void LayerEnd(Cycle cycle, int parity) override;
  uint64_t RecordWord(int index) override { return record_[index]; }
  void RecordDone(Cycle) override { ++records_; }
  void OutsideGlb(Cycle cycle) override {
    outside_at_ = std::min(outside_at_, cycle);
    port_.ReturnEarly();
  }
  Cycle LastWord(int engine, Cycle from) override;

 private:
  enum Engine { kFl = EnginePorts::kFl, kIl, kSt, kEngines };
  struct End {
    int engine;
    Cycle cycle;
  };

  void Log(Cycle cycle, int unit, Event::Kind kind, int value = 0) {
    if (log_ != nullptr)
      log_->Add(cycle, static_cast<Event::Unit>(unit), kind, static_cast<uint64_t>(value));
  }
  void EndLog(Cycle cycle, bool fault);
  void Settle();
  Load& load(int engine) { return engine == kFl ? fl_ : il_; }
  bool HasCommand(int engine);
  Cycle NextDecision();
  void Decide(Cycle cycle);
  void Issue(int engine);
  void OfferToMover(int engine);
  void CloseLayer();
  bool FindFault(Cycle cycle);
  Cycle TokenFaultAt();
  Cycle GlbFaultAt() const;
  void CountEvents(int parity);

  const Setup setup_;
  const bool single_;  // the mover takes the commands
  Glb& glb_;
  Control& control_;
  Compute& compute_;
  Load &fl_, &il_;
  Store& st_;
  MemPort& port_;
  Mover mover_;
  Counters counters_;
  EventLog* const log_;

  bool issued_[kEngines] = {};  // the front end's command is the engine's
  std::vector<End> ends_;       // of commands, not told to the front ends yet
  // With the mover: operands that front ends passed on, tokens of the command in hand.
  uint32_t operands_[kEngines][8] = {};
  int signal_ = 0;
  Cycle moved_at_ = -1;  // the last command's end
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
