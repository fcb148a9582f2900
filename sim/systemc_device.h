// SPDX-License-Identifier: Apache-2.0
// The systemc engine: the exact model with its memory as a device of the driver, reached through
// the same registers and memory window as the RTL and as a board.

#ifndef WEFT_SIM_SYSTEMC_DEVICE_H_
#define WEFT_SIM_SYSTEMC_DEVICE_H_

#include <cstdint>
#include <memory>

#include "driver/device.h"
#include "model/config.h"
#include "sim/device_options.h"

namespace weft {

// A device whose DMA window has window_bytes, from memory address 0 on.
std::unique_ptr<driver::Device> MakeSystemcDevice(const Config& config, int64_t window_bytes,
                                                  const DeviceOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_SYSTEMC_DEVICE_H_
