// SPDX-License-Identifier: Apache-2.0
// The rtl engine: the verilated accelerator with its memory as a device of the driver, reached
// through the same registers and memory window as a board.

#ifndef WEFT_SIM_RTL_DEVICE_H_
#define WEFT_SIM_RTL_DEVICE_H_

#include <cstdint>
#include <memory>

#include "driver/device.h"
#include "model/config.h"
#include "sim/device_options.h"

namespace weft {

class RtlDevice : public driver::Device {
 public:
  virtual double build_seconds() const = 0;  // of the simulator, 0 if it was there
};

// A device whose DMA window has window_bytes, from memory address 0 on.
std::unique_ptr<RtlDevice> MakeRtlDevice(const Config& config, int64_t window_bytes,
                                         const DeviceOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_RTL_DEVICE_H_
