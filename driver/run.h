// SPDX-License-Identifier: Apache-2.0
// Runs programs on a device: sets it up, starts a program segment, waits, says how it ended, reads
// layer records. Knows registers and records (spec/), nothing of layers or mappings.

#ifndef WEFT_DRIVER_RUN_H_
#define WEFT_DRIVER_RUN_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "driver/device.h"
#include "model/spec_gen.h"

namespace weft::driver {

// Level n of a watchdog is 2^(3n+6) cycles; 0 switches it off.
struct Setup {
  uint64_t window_base = 0;   // memory address of the DMA window, a multiple of 4096
  uint32_t window_bytes = 0;  // a multiple of 64
  int memory_watchdog = 4;    // level 0 to 7
  int token_watchdog = 7;
};

// How a segment ended. At most one of `done`, `fault_code` and `timed_out` says something.
struct Status {
  bool done = false;
  int fault_code = spec::kFaultNone;
  uint64_t fault_address = 0;
  int fault_layer = -1;    // layers of the segment whose records were written before
  bool timed_out = false;  // not done in the time given; it has been aborted
  int64_t cycles = 0;      // since the accepted doorbell

  bool ok() const { return done; }
  std::string text() const;  // one line
};

// A layer record in memory.
struct Record {
  int64_t layer = 0, start = 0, end = 0, flags = 0;
  std::array<int64_t, spec::kEventCount> events = {};
  std::array<int64_t, spec::kEngineCount * spec::kClassCount> classes = {};  // engine by engine
  int64_t cycles() const { return end - start; }
};
constexpr uint64_t kRecordBytes = spec::kRecordWords * 8;

// Checks that the device is one (magic, version) of the configuration with this hash, and idle;
// then writes the registers. Throws Error (kMachine, kBadInput for an impossible window).
void Prepare(Device* device, uint32_t config_hash, const Setup& setup);

// Starts the commands at `offset` in the window and waits for their end. After a fault or a
// timeout the device is brought back to where it can run again, by a reset if bursts stay open.
Status RunSegment(Device* device, uint32_t offset, uint32_t bytes, int64_t timeout_cycles);

Record ParseRecord(const uint8_t* bytes);  // kRecordBytes of them
Record ReadRecord(Device* device, uint64_t offset);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_RUN_H_
