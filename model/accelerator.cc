// SPDX-License-Identifier: Apache-2.0
#include "model/accelerator.h"

#include <algorithm>
#include <utility>

namespace weft::model {
namespace {

Csr::Config CsrConfig(const weft::Config& c) {
  Csr::Config csr;
  csr.rows = c.rows;
  csr.cols = c.cols;
  csr.lanes = c.lanes;
  csr.segs = c.segs;
  csr.glb_size = c.glb_size();
  csr.mem_bytes = c.mem_bytes;
  csr.plain_memory = c.plain_memory;
  csr.counter_small = c.counter_small;
  csr.counter_bits = std::max(c.counter_bits, 32);
  csr.addr_bits = c.plain_memory != 0 ? 24 : 32;
  csr.config_hash = c.Hash32();
  return csr;
}

}  // namespace

Accelerator::Accelerator(const weft::Config& config, std::function<Units()> start)
    : config_(config), start_(std::move(start)), csr_(CsrConfig(config)) {}

uint32_t Accelerator::Read(uint32_t address) {
  RunTo(clock_ + 1, false);
  return csr_.Read(clock_ - 1, address);
}

void Accelerator::Write(uint32_t address, uint32_t value) {
  RunTo(clock_, false);
  const bool was_running = csr_.running(clock_);
  Csr::Inputs in;
  in.write = true;
  in.address = address;
  in.data = value;
  csr_.Step(clock_, in);
  ++clock_;
  if (was_running && !csr_.running(clock_)) drain_from_ = clock_;
  if (was_running) return;
  // A doorbell at rest starts a segment; an abort in the core's reset ends it.
  if (address == spec::kRegDoorbell && segment_ == nullptr && csr_.core_reset(clock_)) Start();
  if (address == spec::kRegControl && clock_ <= origin_) segment_.reset();
}

// The doorbell was accepted in the cycle before.
void Accelerator::Start() {
  origin_ = clock_ + Csr::kSweepCycles;
  drain_from_ = kNever;
  records_ = 0;
  Segment::Setup setup;
  setup.window_base = csr_.window_base();
  setup.window_size = csr_.window_size();
  setup.program = csr_.program();
  setup.program_bytes = csr_.program_bytes();
  setup.memory_watchdog = csr_.watchdog_memory();
  setup.token_watchdog = csr_.watchdog_token();
  segment_ = std::make_unique<Segment>(config_, setup, start_(), log_);
}

// Runs the cycles before `clock`, or to the cycle after the segment's last.
void Accelerator::RunTo(Cycle clock, bool to_end) {
  if (segment_ != nullptr && clock > origin_ && drain_from_ == kNever) {
    const Cycle end = RunSegment(clock);
    if (end < clock && to_end) clock = end + 1;
  }
  if (segment_ != nullptr && drain_from_ < clock) {
    segment_->Drain(drain_from_ - origin_, clock - origin_);
    if (segment_->drained()) {
      Csr::Inputs in;
      in.mem_idle = true;
      csr_.Step(std::max(drain_from_, origin_ + segment_->now()), in);
      segment_.reset();
    }
  }
  clock_ = clock;
}

// Returns the cycle in which the segment ended, if before `clock`.
Cycle Accelerator::RunSegment(Cycle clock) {
  segment_->Run(clock - origin_);
  const Cycle end = origin_ + std::min(segment_->done_at(), segment_->fault_at());
  Csr::Inputs in;
  in.record = true;
  for (; records_ < segment_->records(); ++records_)
    csr_.Step(std::min(end, origin_ + segment_->now()) - 1, in);
  if (end >= clock) return kNever;
  in = segment_->fault();
  in.idle = segment_->fault_at() == kNever;
  csr_.Step(end, in);
  if (in.idle) {
    segment_.reset();
  } else {
    drain_from_ = end + 1;
  }
  return end;
}

bool Accelerator::Wait(Cycle cycles) {
  if (!csr_.irq()) RunTo(clock_ + cycles, true);
  return csr_.irq();
}

}  // namespace weft::model
