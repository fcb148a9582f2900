// SPDX-License-Identifier: Apache-2.0
// Verilated simulators, built on first use and kept: ${XDG_CACHE_HOME:-~/.cache}/weft/rtl/HASH,
// HASH over RTL, resolved configuration, trace kind, Verilator version and flags.

#ifndef WEFT_SIM_RTL_CACHE_H_
#define WEFT_SIM_RTL_CACHE_H_

#include <string>

#include "model/config.h"

namespace weft {

struct RtlSimulator {
  std::string path;           // shared object with the functions of rtl_abi.h
  double build_seconds = 0;   // 0: it was there
};

// Builds under a lock, renames when whole. Throws Error (kMachine) naming the packages if a tool is missing.
RtlSimulator FindRtlSimulator(const Config& config, bool trace, bool quiet);

// SHA-256 over the files of rtl/, in sorted order: names the RTL in records and `weft --version`.
std::string RtlHash();

}  // namespace weft

#endif  // WEFT_SIM_RTL_CACHE_H_
