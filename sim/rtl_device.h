// SPDX-License-Identifier: Apache-2.0
// The rtl engine: the verilated accelerator with its memory as a device of the driver, reached
// through the same registers and memory window as a board.

#ifndef WEFT_SIM_RTL_DEVICE_H_
#define WEFT_SIM_RTL_DEVICE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "driver/device.h"
#include "model/config.h"

namespace weft {

// What a simulated device is besides its configuration.
struct DeviceOptions {
  std::string memory = "8,60";  // BYTES_PER_CYCLE,LATENCY[,stall=P]
  uint64_t seed = 1;            // of memory stalls
  uint32_t init_seed = 1;       // of initial registers and memories
  std::string trace;            // FST file; empty: none
  bool quiet = false;           // say nothing of a simulator that has to be built first
  // Misbehaviour for tests: bursts that hold this address are answered with an error; bursts from
  // this number on are never answered.
  int64_t error_address = -1;
  int64_t silent_from = -1;
};

class RtlDevice : public driver::Device {
 public:
  virtual double build_seconds() const = 0;  // of the simulator, 0 if it was there
};

// A device whose DMA window has window_bytes, from memory address 0 on.
std::unique_ptr<RtlDevice> MakeRtlDevice(const Config& config, int64_t window_bytes,
                                         const DeviceOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_RTL_DEVICE_H_
