// SPDX-License-Identifier: Apache-2.0
// A run record as the report sees it: checked, absent and null fields as "not known". Shared by sim/report/*.cc.

#ifndef WEFT_SIM_REPORT_RUN_H_
#define WEFT_SIM_REPORT_RUN_H_

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/energy.h"
#include "model/spec_gen.h"
#include "sim/report/report.h"

namespace weft::report {

using Json = nlohmann::ordered_json;

// Filter row r, filter columns from s on, and channels [channel, channel + count): what an array row contributes.
struct Entry {
  int64_t channel = 0, count = 0, r = 0, s = 0;
};

// What the first pass of an array layer looks like on the array.
struct Drawing {
  int64_t segs = 1, seg_rows = 1, fgs = 1, total_fgs = 1, positions = 1, sets = 1, taps = 1, p = 1;
  bool spread = false;
  bool depthwise = false;  // channels are those of the filter group, not the row entry's
  int64_t row_blocks = 1;
  int64_t units = 0;           // filter groups x position blocks of a pass
  std::vector<Entry> entries;  // of a segment's rows, from its top
};

// A layer's numbers, or all layers' sums. Absent: not known.
// Of a mapping, in tables.
constexpr const char* kMappingNumbers[] = {"segs", "seg_rows", "row_blocks", "q", "taps", "p", "fgs", "positions",
                                           "steps", "tile_images", "tile_rows", "tile_cols", "tile_fgs", "glb_used"};

// Of one kind of event.
struct EventEnergy {
  std::string event;
  int64_t count = 0, pj = 0;
};

struct Layer {
  std::string name, op, on;
  int64_t index = 0;
  std::optional<int64_t> cycles, macs, macs_padded, effectual_macs, dram_read_bytes, dram_write_bytes;
  std::optional<double> utilization, zero_fraction;
  std::optional<std::array<int64_t, spec::kClassCount>> array_cycles;  // by class
  std::optional<std::array<int64_t, kEnergyComponents>> component_pj;
  std::optional<int64_t> total_pj;
  std::vector<EventEnergy> events;  // empty: not known
  std::optional<double> average_power_mw, pj_per_mac, pj_per_effectual_mac;
  std::optional<double> cap_cycles;
  std::string cap_set_by;
  std::optional<int64_t> compulsory_bytes, bound_bytes, best_tiling_bytes;
  const Json* mapping = nullptr;  // null: none
  std::map<std::string, int64_t> mapping_numbers;  // of kMappingNumbers those that are known
  std::vector<Drawing> drawings;  // of a pair two

  std::optional<int64_t> dram_bytes() const;
};

// Moved only: layers point into the record.
struct Run {
  Run() = default;
  Run(Run&&) = default;
  Run& operator=(Run&&) = default;

  ReportInput input;
  std::string label;  // "A" or "B" of two runs; empty: the only one
  std::vector<Layer> layers;
  Layer total;
  std::optional<int64_t> multipliers, rows, cols;
  std::optional<int64_t> memory_bytes_a_cycle;  // through the memory port, which may be narrower than the memory
  double clock_mhz = 0;

  const Json& record() const { return input.record; }
  std::string Title() const;  // "A: MODEL on CONFIG, engine ENGINE, memory MEMORY"
};

// Throws Error: the file, the field, what is wrong with it. Also if printed energies would not add up.
Run MakeRun(const ReportInput& input);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_RUN_H_
