// SPDX-License-Identifier: Apache-2.0
// The run record of `--json`: the fields of a run under names that scripts depend on. What an
// engine does not know is null.

#ifndef WEFT_SIM_RECORD_H_
#define WEFT_SIM_RECORD_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "compiler/program.h"
#include "model/energy.h"
#include "sim/run.h"

namespace weft {

// What is known of a run before it.
struct RunInfo {
  std::string command;  // the command line
  std::string model;    // its MODEL
  std::string engine;
  std::string memory;
  std::string rtl_sha256;  // empty: not known
  uint64_t seed = 1;
  EnergyTable energy = LoadEnergyTable(kDefaultEnergyTable);
  std::optional<double> compile_seconds, sim_build_seconds;
};

// Derived numbers of a layer (or of all), sums over the batch; absent: the engine does not know.
struct LayerNumbers {
  int64_t macs = 0, macs_padded = 0;  // of the layer's definition, times the batch
  int64_t accelerated_macs = 0;       // macs, without those on the host
  std::optional<int64_t> cycles;
  std::optional<int64_t> effectual_macs;  // made with a nonzero activation, again at positions computed twice
  std::optional<double> utilization;
  std::optional<double> zero_fraction;
  std::optional<int64_t> dram_read_bytes, dram_write_bytes;
};

LayerNumbers NumbersOf(const Program& program, const LayerResult& layer, int batch);
LayerNumbers TotalNumbers(const Program& program, const RunResult& result);

// Whether a configuration counts the event (CounterSet: small counts few; the others read 0).
bool Counts(const Config& config, int event);

nlohmann::ordered_json MakeRecord(const RunInfo& info, const Program& program,
                                  const RunResult& result);

// SHA-256 of the resolved configuration without its name.
std::string ConfigSha256(const Config& config);

}  // namespace weft

#endif  // WEFT_SIM_RECORD_H_
