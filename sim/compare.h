// SPDX-License-Identifier: Apache-2.0
// Two devices that ran the same program on the same inputs: everything they say is compared.

#ifndef WEFT_SIM_COMPARE_H_
#define WEFT_SIM_COMPARE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/device_runner.h"
#include "sim/run.h"

namespace weft {

// What a device says of its run.
struct DeviceReport {
  RunResult result;
  int64_t cycles = 0;           // by its cycle register
  std::vector<uint8_t> memory;  // the whole window
};

DeviceReport ReportOf(const Program& program, DeviceRunner* device, RunResult result);

struct Comparison {
  int64_t count = 0;       // values compared
  std::string difference;  // the first one, in the order of the layers; empty: none
};

// `expected` is the rtl's.
Comparison Compare(const Program& program, const DeviceReport& expected, const DeviceReport& got);

}  // namespace weft

#endif  // WEFT_SIM_COMPARE_H_
