// SPDX-License-Identifier: Apache-2.0
// The rtl engine: the verilated accelerator as a back end of a session, driven through the same
// registers and memory window as a board.

#ifndef WEFT_SIM_RTL_RUNNER_H_
#define WEFT_SIM_RTL_RUNNER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "compiler/program.h"
#include "sim/device_runner.h"

namespace weft {

struct RtlOptions {
  std::string memory = "8,60";  // BYTES_PER_CYCLE,LATENCY[,stall=P]
  uint64_t seed = 1;            // of memory stalls
  uint32_t init_seed = 1;       // of initial registers and memories
  std::string trace;            // FST file; empty: none
  bool quiet = false;
  // Misbehaviour for tests: the memory answers a burst with an error that holds this address; no burst from this number on is answered.
  int64_t error_address = -1;
  int64_t silent_from = -1;
  int memory_watchdog_level = 4;  // see docs/registers.md
  int token_watchdog_level = 7;
};

class RtlRunner : public DeviceRunner {
 public:
  virtual double build_seconds() const = 0;  // of the simulator, 0 if it was there
  virtual int64_t clock_cycles() const = 0;  // clocked in RunSegment
};

std::unique_ptr<RtlRunner> MakeRtlRunner(const Program& program, const RtlOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_RTL_RUNNER_H_
