// SPDX-License-Identifier: Apache-2.0
// The systemc engine: the exact model as a back end of a session, driven through the same registers
// and memory window as the RTL and as a board.

#ifndef WEFT_SIM_SYSTEMC_RUNNER_H_
#define WEFT_SIM_SYSTEMC_RUNNER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "compiler/program.h"
#include "sim/device_runner.h"

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

std::unique_ptr<DeviceRunner> MakeSystemcRunner(const Program& program,
                                                const SystemcOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_SYSTEMC_RUNNER_H_
