// SPDX-License-Identifier: Apache-2.0
// The systemc engine: the exact model as a back end of a session, driven through the same registers
// and memory window as the RTL and as a board.

#ifndef WEFT_SIM_SYSTEMC_RUNNER_H_
#define WEFT_SIM_SYSTEMC_RUNNER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "compiler/program.h"
#include "sim/session.h"

namespace weft {

struct SystemcOptions {
  std::string memory = "8,60";  // BYTES_PER_CYCLE,LATENCY[,stall=P]
  uint64_t seed = 1;            // of memory stalls
  // As in RtlOptions.
  int64_t error_address = -1;
  int64_t silent_from = -1;
  int memory_watchdog_level = 4;
  int token_watchdog_level = 7;
};

class SystemcRunner : public SegmentRunner {
 public:
  virtual double wall_seconds() const = 0;   // in RunSegment
  virtual int64_t clock_cycles() const = 0;  // of the segments run, by the cycle register
  // After a fault: back to the power-on state; what the memory never answered is forgotten.
  virtual void Reset() = 0;
};

std::unique_ptr<SystemcRunner> MakeSystemcRunner(const Program& program,
                                                 const SystemcOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_SYSTEMC_RUNNER_H_
