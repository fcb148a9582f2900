// SPDX-License-Identifier: Apache-2.0
// One accelerator configuration: an immutable, validated value. Its fields are the parameters
// of docs/microarchitecture.md section 1, under the names that RTL and YAML use.

#ifndef WEFT_MODEL_CONFIG_H_
#define WEFT_MODEL_CONFIG_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/spec_gen.h"

namespace weft {

struct Config : spec::Config {
  std::string name;

  int multipliers() const { return rows * cols * lanes; }
  // Loads and stores may keep operand words; else one mover has all of theirs.
  bool keeps_moves() const { return glb_single_port == 0; }
  int max_units() const { return cols * segs; }
  int glb_size() const { return glb_banks * glb_bank_bytes; }
  int psum_words_per_glb_word() const { return post_lanes > 1 ? glb_bytes / 4 : 1; }
  // Window rows that a token of q channels takes when nothing is zero: of the feeder's beats, which hold WinLanes
  // values of a GLB word at most, or one with a serial feeder.
  int window_rows_per_token(int q) const;
  int segment_rows(int segments) const { return rows / segments; }

  // Name and value of every field but CounterSet, in the order of the table of fields.
  std::vector<std::pair<std::string, int64_t>> Fields() const;
  // "Rows: 12\n..." with every field, in the order of the table of fields; what is hashed and stored.
  std::string ToYaml() const;
  uint32_t Hash32() const;     // CRC-32 of ToYaml() without the name; the RTL's ConfigHash
};

// NAME of a built-in configuration (spec/configs) or a YAML file's path. A file may name a built-in
// one under `base:` (default weft168) and override fields. Throws Error with field and bound.
Config LoadConfig(const std::string& name_or_path);
Config ParseConfig(const std::string& yaml_text, const std::string& where);
std::vector<std::string> BuiltinConfigNames();

// The lines of `weft config --limits`: field, lowest, highest, meaning.
struct ConfigLimit {
  const char* field;
  int64_t lowest, highest;
  const char* meaning;
};
const std::vector<ConfigLimit>& ConfigLimits();

// Verilog parameters of weft_top: name and value.
std::vector<std::pair<std::string, int64_t>> VerilogParameters(const Config& config);

}  // namespace weft

#endif  // WEFT_MODEL_CONFIG_H_
