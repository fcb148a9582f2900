// SPDX-License-Identifier: Apache-2.0
// The result of the energy calibration, and its two files: spec/energy_gate.yaml and docs/energy_gate.md.
#pragma once

#include <cstdint>
#include <string>

#include "tests/energy/fit.h"

namespace weft::energy {

struct Netlist {  // nets.yaml of scripts/gate_netlist.py
  std::string config, library;
  double voltage = 0, slew_ns = 0, clock_pj = 0;
  int gates = 0, flip_flops = 0;
  std::vector<double> net_pj;
};

// Errors of fitted and of held-out windows: of the whole energy; of what is not the clock; of that in windows
// with multiplications or maxima.
struct Errors {
  Error all[2], switching[2], working[2];
};

struct Report {
  Netlist netlist;
  int64_t windows = 0;      // of each set
  int64_t cycles[2] = {0, 0};
  int64_t outputs = 0, sums = 0;  // compared and equal
  double clock_share = 0;   // of the energy of the held-out windows
  Fit events, record;
  Errors event_errors, record_errors;
};

std::string Yaml(const Report& report);
std::string Markdown(const Report& report);

}  // namespace weft::energy
