// SPDX-License-Identifier: Apache-2.0
// The whole accelerator, exact to the cycle: the host's registers, and behind them one Segment per
// accepted doorbell. Times of this class are clock cycles since power-on. Units and memory are the
// owner's.
#ifndef WEFT_MODEL_ACCELERATOR_H_
#define WEFT_MODEL_ACCELERATOR_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "model/config.h"
#include "model/csr.h"
#include "model/segment.h"

namespace weft::model {

class Accelerator {
 public:
  // start(): the units for a new segment.
  Accelerator(const weft::Config& config, std::function<Units()> start);

  // Of the segments from the next doorbell on; null: none.
  void set_log(EventLog* log) { log_ = log; }

  // Registers (docs/registers.md). An access takes the next cycle.
  uint32_t Read(uint32_t address);
  void Write(uint32_t address, uint32_t value);
  // What a read would give, without taking a cycle and without latching.
  uint32_t Peek(uint32_t address) const { return Csr(csr_).Read(clock_, address); }
  // Runs until the segment ends or the interrupt is high, `cycles` at most; returns whether it is.
  bool Wait(Cycle cycles);
  void Pass(Cycle cycles) { RunTo(clock_ + cycles, false); }  // whatever happens in them
  Cycle now() const { return clock_; }
  bool interrupt() const { return csr_.irq(); }
  bool running() const { return segment_ != nullptr; }  // or draining
  // Called back by the memory: the cycle that the memory port is in.
  Cycle memory_cycle() const { return origin_ + segment_->now() - 1; }

 private:
  void RunTo(Cycle clock, bool to_end);
  Cycle RunSegment(Cycle clock);
  void Start();

  const weft::Config config_;
  const std::function<Units()> start_;
  Csr csr_;
  Cycle clock_ = 0, origin_ = 0;  // origin_: the segment's cycle 0
  Cycle drain_from_ = kNever;     // the segment issues nothing from this clock cycle on
  int records_ = 0;               // of the segment, told to the registers
  EventLog* log_ = nullptr;
  std::unique_ptr<Segment> segment_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_ACCELERATOR_H_
