// SPDX-License-Identifier: Apache-2.0
// A back end that is a device with the registers of docs/registers.md, verilated or modelled.

#ifndef WEFT_SIM_DEVICE_RUNNER_H_
#define WEFT_SIM_DEVICE_RUNNER_H_

#include <cstdint>

#include "sim/session.h"

namespace weft {

class DeviceRunner : public SegmentRunner {
 public:
  virtual double wall_seconds() const = 0;     // in RunSegment
  virtual int64_t segment_cycles() const = 0;  // of the segments run, by the cycle register
  // After a fault: back to the power-on state; what the memory never answered is forgotten.
  virtual void Reset() = 0;
};

}  // namespace weft

#endif  // WEFT_SIM_DEVICE_RUNNER_H_
