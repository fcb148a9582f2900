// SPDX-License-Identifier: Apache-2.0
// The whole accelerator, exact to the cycle: the host's registers, and behind them one Segment per
// accepted doorbell. Times of this class are clock cycles since power-on. Memory is the model
// behind the port (model/memory_model.h), which the owner fills and reads.
#ifndef WEFT_MODEL_ACCELERATOR_H_
#define WEFT_MODEL_ACCELERATOR_H_

#include <cstdint>
#include <memory>

#include "model/config.h"
#include "model/csr.h"
#include "model/segment.h"

namespace weft::model {

class Accelerator {
 public:
  Accelerator(const weft::Config& config, MemoryModel* memory);

  // Registers (docs/registers.md). An access takes the next cycle.
  uint32_t Read(uint32_t address);
  void Write(uint32_t address, uint32_t value);
  // Runs until the interrupt is high, `cycles` at most; returns whether it is.
  bool Wait(Cycle cycles);
  Cycle now() const { return clock_; }

 private:
  void RunTo(Cycle clock, bool to_interrupt);
  Cycle RunSegment(Cycle clock);
  void Start();

  const weft::Config config_;
  MemoryModel* const memory_;
  Csr csr_;
  Cycle clock_ = 0, origin_ = 0;  // origin_: the segment's cycle 0
  Cycle drain_from_ = kNever;     // the segment issues nothing from this clock cycle on
  int records_ = 0;               // of the segment, told to the registers
  std::unique_ptr<Segment> segment_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_ACCELERATOR_H_
