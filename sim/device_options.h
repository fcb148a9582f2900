// SPDX-License-Identifier: Apache-2.0
// What a simulated device is besides its configuration.

#ifndef WEFT_SIM_DEVICE_OPTIONS_H_
#define WEFT_SIM_DEVICE_OPTIONS_H_

#include <cstdint>
#include <string>

#include "model/event_log.h"

namespace weft {

struct DeviceOptions {
  std::string memory = "8,60";  // BYTES_PER_CYCLE,LATENCY[,stall=P]
  uint64_t seed = 1;            // of memory stalls
  // Misbehaviour for tests: bursts that hold this address are answered with an error; bursts from
  // this number on are never answered.
  int64_t error_address = -1;
  int64_t silent_from = -1;
  // What happens, told as the log of model/event_log.h: the device's segments one after the other,
  // each from its cycle 0 on, whole when the driver has seen its end. Empty: no log.
  EventLog::Sink events;
  bool event_bursts = false;  // with the memory bursts of all engines
  // rtl only
  uint32_t init_seed = 1;  // of initial registers and memories
  std::string trace;       // FST file; empty: none
  bool quiet = false;      // say nothing of a simulator that has to be built first
};

}  // namespace weft

#endif  // WEFT_SIM_DEVICE_OPTIONS_H_
