// SPDX-License-Identifier: Apache-2.0
#include "model/config.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "model/error.h"

namespace weft {
namespace {

struct FieldRow {
  const char* name;
  int spec::Config::*member;
  int64_t lowest, highest;
  bool power_of_two;
  const char* meaning;
};

const FieldRow kFields[] = {
    {"Rows", &Config::rows, 1, 32, false, "PE rows"},
    {"Cols", &Config::cols, 1, 64, false, "PE columns"},
    {"Lanes", &Config::lanes, 1, 2, false, "multipliers a PE"},
    {"Segs", &Config::segs, 1, 4, false, "most segments of a column"},
    {"FilterDepth", &Config::filter_depth, 16, 256, true, "words of one filter copy of a PE"},
    {"WinRows", &Config::win_rows, 4, 256, true, "rows of the activation window of a PE"},
    {"WinLanes", &Config::win_lanes, 1, 8, false, "nonzero activations a row and a bus beat"},
    {"ColSlots", &Config::col_slots, 4, 16, true, "ifmap columns a PE holds"},
    {"PsumRows", &Config::psum_rows, 4, 64, true, "psum spad rows of Lanes words"},
    {"PsumBanks", &Config::psum_banks, 1, 8, true, "psum spad banks"},
    {"StepSlots", &Config::step_slots, 2, 16, true, "steps in flight in a PE"},
    {"GlbBanks", &Config::glb_banks, 1, 64, false, "GLB banks"},
    {"GlbBankBytes", &Config::glb_bank_bytes, 256, 131072, true, "bytes of a GLB bank"},
    {"GlbBytes", &Config::glb_bytes, 4, 32, true, "bytes of a GLB word"},
    {"GlbSinglePort", &Config::glb_single_port, 0, 1, false, "1: one access a cycle in all"},
    {"PostLanes", &Config::post_lanes, 1, 16, true, "outputs a cycle through post-processing"},
    {"PostSerial", &Config::post_serial, 0, 1, false, "1: one serial requantizer"},
    {"OutRows", &Config::out_rows, 1, 64, false, "rows of PostLanes sums a unit buffers"},
    {"ParamRows", &Config::param_rows, 4, 128, true, "channel parameter rows in one of two halves"},
    {"Patterns", &Config::patterns, 2, 4, true, "pass patterns held"},
    {"MemBytes", &Config::mem_bytes, 4, 8, true, "bytes of a memory beat"},
    {"MaxBurstBytes", &Config::max_burst_bytes, 8, 128, true, "bytes of the longest burst"},
    {"MaxReads", &Config::max_reads, 1, 16, false, "read bursts outstanding"},
    {"MaxWrites", &Config::max_writes, 1, 16, false, "write bursts outstanding"},
    {"QueueWords", &Config::queue_words, 16, 1024, true, "words of each command queue"},
    {"CounterBits", &Config::counter_bits, 16, 64, false, "bits of an event counter"},
    {"PlainMemory", &Config::plain_memory, 0, 1, false, "1: valid/ready memory port, not AXI"},
    {"ClockMhz", &Config::clock_mhz, 1, 5000, false, "clock that reports assume"},
};

const FieldRow* Find(const std::string& name) {
  for (const FieldRow& row : kFields)
    if (name == row.name) return &row;
  return nullptr;
}

[[noreturn]] void Refuse(const std::string& where, const std::string& what) {
  throw Error(fmt::format("{}: {}", where, what));
}

void Require(bool ok, const std::string& where, const std::string& what) {
  if (!ok) Refuse(where, what);
}

// Relations between fields; each message names the field and the bound.
void Validate(const Config& c, const std::string& where) {
  Require(c.rows * c.lanes <= c.glb_bytes, where,
          fmt::format("Rows x Lanes = {} exceeds GlbBytes = {}: a filter beat must fit a GLB word; "
                      "enlarge GlbBytes",
                      c.rows * c.lanes, c.glb_bytes));
  Require(c.rows * c.cols <= 255, where,
          fmt::format("Rows x Cols = {}: at most 255 PEs", c.rows * c.cols));
  Require(c.cols * c.segs <= 64, where,
          fmt::format("Cols x Segs = {}: at most 64 output units", c.cols * c.segs));
  Require(c.segs <= c.rows, where,
          fmt::format("Segs = {} exceeds Rows = {}", c.segs, c.rows));
  Require(c.psum_banks <= c.psum_rows, where,
          fmt::format("PsumBanks = {} exceeds PsumRows = {}", c.psum_banks, c.psum_rows));
  Require(c.glb_size() <= 262144, where,
          fmt::format("GlbBanks x GlbBankBytes = {} bytes: at most 262144", c.glb_size()));
  Require(c.glb_bank_bytes >= 2 * c.glb_bytes, where, "GlbBankBytes: at least two GLB words");
  Require(c.mem_bytes <= c.glb_bytes, where,
          fmt::format("MemBytes = {} exceeds GlbBytes = {}", c.mem_bytes, c.glb_bytes));
  Require(c.max_burst_bytes >= 2 * c.mem_bytes, where, "MaxBurstBytes: at least two beats");
  Require(c.post_lanes == 1 || c.post_lanes >= c.glb_bytes / 4, where,
          fmt::format("PostLanes = {}: 1, or at least GlbBytes / 4 = {}", c.post_lanes,
                      c.glb_bytes / 4));
  Require(c.post_lanes <= c.glb_bytes, where,
          fmt::format("PostLanes = {} exceeds GlbBytes = {}", c.post_lanes, c.glb_bytes));
  Require(!c.post_serial || c.post_lanes == 1, where, "PostSerial: 1 needs PostLanes: 1");
  Require(!c.glb_single_port || c.glb_banks == 1, where, "GlbSinglePort: 1 needs GlbBanks: 1");
  Require(c.param_rows * 2 <= 256, where, "ParamRows: at most 128");
}

void Apply(const YAML::Node& node, const std::string& where, Config* config) {
  if (!node.IsMap()) Refuse(where, "a configuration is a list of `Field: value` lines");
  for (const auto& entry : node) {
    const std::string key = entry.first.as<std::string>();
    if (key == "base" || key == "doc") continue;
    if (!entry.second.IsScalar()) Refuse(where, key + ": expected one value");
    const std::string text = entry.second.Scalar();
    if (key == "name") {
      config->name = text;
      continue;
    }
    if (key == "CounterSet") {
      Require(text == "full" || text == "small", where,
              "CounterSet: " + text + " is not known; full or small");
      config->counter_small = text == "small";
      continue;
    }
    const FieldRow* row = Find(key);
    if (row == nullptr) {
      Refuse(where, "unknown field " + key + " (weft config --limits lists the fields)");
    }
    int value = 0;
    try {
      value = entry.second.as<int>();
    } catch (const YAML::Exception&) {
      Refuse(where, fmt::format("{}: '{}' is not a whole number", key, text));
    }
    const bool bad_power = row->power_of_two && (value & (value - 1)) != 0;
    if (value < row->lowest || value > row->highest || bad_power) {
      Refuse(where, fmt::format("{}: {} is out of range; {} to {}{}", key, value, row->lowest,
                                row->highest, row->power_of_two ? ", a power of two" : ""));
    }
    config->*(row->member) = value;
  }
}

const spec::Config* FindBuiltin(const std::string& name) {
  for (const spec::Config& builtin : spec::kConfigs)
    if (name == builtin.name) return &builtin;
  return nullptr;
}

Config FromBuiltin(const spec::Config& builtin) {
  Config config;
  static_cast<spec::Config&>(config) = builtin;
  config.name = builtin.name;
  return config;
}

}  // namespace

std::vector<std::pair<std::string, int64_t>> Config::Fields() const {
  std::vector<std::pair<std::string, int64_t>> fields;
  for (const FieldRow& row : kFields) fields.emplace_back(row.name, this->*row.member);
  return fields;
}

std::string Config::ToYaml() const {
  std::string text = fmt::format("name: {}\n", name);
  for (const auto& [field, value] : Fields()) text += fmt::format("{}: {}\n", field, value);
  text += fmt::format("CounterSet: {}\n", counter_small ? "small" : "full");
  return text;
}

int Config::window_rows_per_token(int q) const {
  if (glb_single_port) return q;
  int rows = 0;
  for (int at = 0; at < q; at += glb_bytes) rows += (std::min(glb_bytes, q - at) + win_lanes - 1) / win_lanes;
  return rows;
}

uint32_t Config::Hash32() const {
  Config unnamed = *this;
  unnamed.name.clear();
  const std::string text = unnamed.ToYaml();
  return static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(text.data()),
                                     static_cast<uInt>(text.size())));
}

Config ParseConfig(const std::string& yaml_text, const std::string& where) {
  YAML::Node node;
  try {
    node = YAML::Load(yaml_text);
  } catch (const YAML::Exception& e) {
    Refuse(where, fmt::format("line {}: not YAML: {}", e.mark.line + 1, e.msg));
  }
  if (!node.IsMap()) Refuse(where, "a configuration is a list of `Field: value` lines");
  const std::string base = node["base"] ? node["base"].as<std::string>() : "weft168";
  const spec::Config* builtin = FindBuiltin(base);
  if (builtin == nullptr) Refuse(where, "base: " + base + " is no built-in configuration");
  Config config = FromBuiltin(*builtin);
  config.name = where;
  Apply(node, where, &config);
  Validate(config, where);
  return config;
}

Config LoadConfig(const std::string& name_or_path) {
  if (const spec::Config* builtin = FindBuiltin(name_or_path)) {
    const Config config = FromBuiltin(*builtin);
    Validate(config, config.name);
    return config;
  }
  std::ifstream in(name_or_path, std::ios::binary);
  if (!in) {
    std::string names;
    for (const std::string& name : BuiltinConfigNames()) names += (names.empty() ? "" : ", ") + name;
    throw Error(fmt::format("{}: no such configuration file; built-in ones are {}", name_or_path,
                            names));
  }
  std::ostringstream text;
  text << in.rdbuf();
  return ParseConfig(text.str(), name_or_path);
}

std::vector<std::string> BuiltinConfigNames() {
  std::vector<std::string> names;
  for (const spec::Config& builtin : spec::kConfigs) names.push_back(builtin.name);
  return names;
}

const std::vector<ConfigLimit>& ConfigLimits() {
  static const std::vector<ConfigLimit> limits = [] {
    std::vector<ConfigLimit> rows;
    for (const FieldRow& row : kFields)
      rows.push_back({row.name, row.lowest, row.highest, row.meaning});
    return rows;
  }();
  return limits;
}

std::vector<std::pair<std::string, int64_t>> VerilogParameters(const Config& config) {
  std::vector<std::pair<std::string, int64_t>> parameters = config.Fields();
  const auto is_clock = [](const auto& field) { return field.first == "ClockMhz"; };
  parameters.erase(std::remove_if(parameters.begin(), parameters.end(), is_clock), parameters.end());
  parameters.emplace_back("CounterSmall", config.counter_small ? 1 : 0);
  parameters.emplace_back("ConfigHash", config.Hash32());
  return parameters;
}

}  // namespace weft
