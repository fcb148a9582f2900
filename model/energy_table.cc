// SPDX-License-Identifier: Apache-2.0
// Reading energy tables: every event once, every cost with unit and source, nothing negative, nothing unknown.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "kEnergyFiles.h"
#include "model/energy.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr char kDramFile[] = "dram";

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Of spec/energy; nullptr if there is none.
const char* BuiltinText(const std::string& name) {
  for (const auto& file : kEnergyFiles)
    if (name + ".yaml" == file.name) return file.text;
  return nullptr;
}

// A table being read: where, for messages, and what its costs may name.
class Reader {
 public:
  Reader(const std::string& text, const std::string& where) : where_(where) {
    try {
      root_ = YAML::Load(text);
    } catch (const YAML::Exception& e) {
      Refuse(fmt::format("line {}: not YAML: {}", e.mark.line + 1, e.msg));
    }
    if (!root_.IsMap()) Refuse("an energy table is a map with `costs` and `events`");
  }

  [[noreturn]] void Refuse(const std::string& what) const { throw Error(fmt::format("{}: {}", where_, what)); }

  void AllowKeys(const YAML::Node& node, const std::string& of, const std::vector<std::string>& keys) const {
    if (!node.IsMap()) Refuse(of + " must be a map");
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string key = entry.first.as<std::string>();
      if (std::find(keys.begin(), keys.end(), key) == keys.end())
        Refuse(fmt::format("{}: unknown field {}; there are {}", of, key, Joined(keys)));
      if (!seen.insert(key).second) Refuse(fmt::format("{}: {} is given twice", of, key));
    }
  }
  const YAML::Node Field(const YAML::Node& node, const std::string& of, const std::string& key) const {
    const YAML::Node field = node[key];
    if (!field) Refuse(fmt::format("{}: field {} is missing", of, key));
    return field;
  }
  std::string Text(const YAML::Node& node, const std::string& of, const std::string& key) const {
    const YAML::Node field = Field(node, of, key);
    if (!field.IsScalar() || field.Scalar().empty()) Refuse(fmt::format("{}: {} must be a text", of, key));
    return field.Scalar();
  }
  double Number(const YAML::Node& node, const std::string& what, bool positive) const {
    double value = -1;
    const bool read = node.IsScalar() && YAML::convert<double>::decode(node, value);
    if (!read || !(value < 1e12))
      Refuse(fmt::format("{}: {} is not a number", what, node.IsScalar() ? "'" + node.Scalar() + "'" : "what is there"));
    if (value < 0 || (positive && value == 0))
      Refuse(fmt::format("{}: {} is not {}", what, node.Scalar(), positive ? "above 0" : "0 or more"));
    return value;
  }
  double Number(const YAML::Node& node, const std::string& of, const std::string& key, bool positive) const {
    return Number(Field(node, of, key), of + ": " + key, positive);
  }

  const YAML::Node& root() const { return root_; }

 private:
  const std::string where_;
  YAML::Node root_;
};

// What a value of 1 is, and what holds where a cost says nothing else.
struct Defaults {
  double mac_pj = 0;  // 0: no unit `mac`
  std::string mac_source;
  double node_nm = 0, voltage_v = 0;  // 0: not said
};

class CostReader {
 public:
  CostReader(const Reader& reader, const Defaults& defaults)
      : r_(reader), defaults_(defaults), sources_(reader.Field(reader.root(), "table", "sources")) {
    if (!sources_.IsMap()) r_.Refuse("sources must be a map");
  }

  EnergyCost Read(const std::string& name, const YAML::Node& node) const {
    const std::string of = "cost " + name;
    r_.AllowKeys(node, of, {"value", "points", "unit", "bits", "scale", "source", "node_nm", "voltage_v"});
    EnergyCost cost;
    const double unit_pj = UnitOf(of, node);
    if (node["points"].IsDefined() == node["value"].IsDefined())
      r_.Refuse(of + ": it needs either value or points (memory bytes: value)");
    if (node["value"]) cost.pj = r_.Number(node, of, "value", false) * unit_pj;
    if (node["points"]) ReadPoints(of, node["points"], unit_pj, &cost);
    cost.bits = r_.Number(node, of, "bits", true);
    cost.scale = ScaleOf(of, r_.Text(node, of, "scale"));
    cost.node_nm = node["node_nm"] ? r_.Number(node, of, "node_nm", true) : defaults_.node_nm;
    cost.voltage_v = node["voltage_v"] ? r_.Number(node, of, "voltage_v", true) : defaults_.voltage_v;
    cost.source = SourceOf(of, r_.Text(node, of, "source"));
    return cost;
  }

 private:
  double UnitOf(const std::string& of, const YAML::Node& node) const {
    const std::string unit = r_.Text(node, of, "unit");
    if (unit == "pJ") return 1;
    if (unit != "mac") r_.Refuse(fmt::format("{}: unit {} is not known; pJ, or mac with mac_pj", of, unit));
    if (defaults_.mac_pj == 0) r_.Refuse(of + ": unit mac needs mac_pj, the pJ of a MAC, in the table");
    return defaults_.mac_pj;
  }
  void ReadPoints(const std::string& of, const YAML::Node& node, double unit_pj, EnergyCost* cost) const {
    if (!node.IsMap() || node.size() < 2) r_.Refuse(of + ": points needs two sizes or more, `bytes: value`");
    for (const auto& point : node)
      cost->points.emplace_back(r_.Number(point.first, of + ": points: size", true),
                                r_.Number(point.second, of + ": points: value", true) * unit_pj);
    for (size_t i = 1; i < cost->points.size(); ++i)
      if (cost->points[i].first <= cost->points[i - 1].first) r_.Refuse(of + ": points: sizes must rise");
  }
  EnergyScale ScaleOf(const std::string& of, const std::string& text) const {
    if (text == "none") return EnergyScale::kNone;
    if (text == "linear") return EnergyScale::kLinear;
    if (text == "square") return EnergyScale::kSquare;
    r_.Refuse(fmt::format("{}: scale {} is not known; none, linear (with bits) or square", of, text));
  }
  std::string SourceOf(const std::string& of, const std::string& key) const {
    if (!sources_[key]) r_.Refuse(fmt::format("{}: source {} is not among the sources", of, key));
    return sources_[key].as<std::string>();
  }

  const Reader& r_;
  const Defaults& defaults_;
  const YAML::Node sources_;
};

std::vector<std::string> EventNames() {
  std::vector<std::string> names;
  for (const EnergyEvent& event : EnergyEvents(LoadConfig("weft168"))) names.push_back(event.name);
  return names;
}

std::vector<std::string> CostNames(const Reader& reader, const YAML::Node& node, const std::string& event) {
  std::vector<std::string> names;
  if (node.IsScalar()) names.push_back(node.Scalar());
  if (node.IsSequence())
    for (const YAML::Node& name : node) names.push_back(name.as<std::string>());
  if (names.empty()) reader.Refuse(fmt::format("event {}: it needs the name of a cost, or a list of names", event));
  return names;
}

void ReadEvents(const Reader& reader, const std::map<std::string, EnergyCost>& costs, EnergyTable* table) {
  const YAML::Node events = reader.Field(reader.root(), "table", "events");
  const std::vector<std::string> names = EventNames();
  reader.AllowKeys(events, "events", names);
  for (const std::string& event : names) {
    if (!events[event]) reader.Refuse(fmt::format("events: {} is missing", event));
    for (const std::string& cost : CostNames(reader, events[event], event)) {
      const auto found = costs.find(cost);
      if (found == costs.end()) reader.Refuse(fmt::format("event {}: cost {} is not among the costs", event, cost));
      table->events[event].push_back(found->second);
    }
  }
}

std::map<std::string, EnergyCost> ReadCosts(const Reader& reader, const Defaults& defaults) {
  const YAML::Node node = reader.Field(reader.root(), "table", "costs");
  if (!node.IsMap()) reader.Refuse("costs must be a map");
  const CostReader read(reader, defaults);
  std::map<std::string, EnergyCost> costs;
  for (const auto& entry : node) {
    const std::string name = entry.first.as<std::string>();
    if (!costs.emplace(name, read.Read(name, entry.second)).second)
      reader.Refuse(fmt::format("cost {} is given twice", name));
  }
  return costs;
}

std::map<std::string, EnergyCost> DramCosts() {
  const Defaults none;
  const Reader reader(BuiltinText(kDramFile), "spec/energy/dram.yaml");
  return ReadCosts(reader, none);
}

void UseDram(const std::string& where, const std::string& dram, EnergyTable* table) {
  const auto costs = DramCosts();
  const auto found = costs.find(dram);
  if (found == costs.end()) throw Error(fmt::format("{}: DRAM {} is not known; there are {}", where, dram, Joined(DramNames())));
  table->dram = dram;
  for (const EnergyEvent& event : EnergyEvents(LoadConfig("weft168")))
    if (event.component == kEnergyDram) table->events[event.name] = {found->second};
}

}  // namespace

EnergyTable ParseEnergyTable(const std::string& yaml_text, const std::string& where, const std::string& dram) {
  const Reader reader(yaml_text, where);
  const YAML::Node& root = reader.root();
  reader.AllowKeys(root, "table", {"name", "doc", "node_nm", "voltage_v", "mac_pj", "mac_pj_source", "dram", "sources",
                                   "costs", "events"});
  EnergyTable table;
  table.name = reader.Text(root, "table", "name");
  table.doc = reader.Text(root, "table", "doc");
  table.node_nm = reader.Number(root, "table", "node_nm", true);
  table.voltage_v = reader.Number(root, "table", "voltage_v", true);
  Defaults defaults;
  defaults.node_nm = table.node_nm;
  defaults.voltage_v = table.voltage_v;
  if (root["mac_pj"]) {
    defaults.mac_pj = reader.Number(root, "table", "mac_pj", true);
    reader.Text(root, "table", "mac_pj_source");
  }
  ReadEvents(reader, ReadCosts(reader, defaults), &table);
  const std::string choice = !dram.empty() ? dram : root["dram"] ? reader.Text(root, "table", "dram") : "";
  if (!choice.empty()) UseDram(where, choice, &table);
  table.text = yaml_text;
  return table;
}

EnergyTable LoadEnergyTable(const std::string& name_or_path, const std::string& dram) {
  const char* builtin = name_or_path == kDramFile ? nullptr : BuiltinText(name_or_path);
  if (builtin != nullptr) return ParseEnergyTable(builtin, name_or_path, dram);
  std::ifstream in(name_or_path, std::ios::binary);
  if (!in)
    throw Error(fmt::format("{}: no such energy table; built-in ones are {}", name_or_path,
                            Joined(BuiltinEnergyTableNames())));
  std::ostringstream text;
  text << in.rdbuf();
  return ParseEnergyTable(text.str(), name_or_path, dram);
}

std::vector<std::string> BuiltinEnergyTableNames() {
  std::vector<std::string> names;
  for (const auto& file : kEnergyFiles) {
    const std::string name(file.name, std::string(file.name).size() - std::string(".yaml").size());
    if (name != kDramFile) names.push_back(name);
  }
  return names;
}

std::vector<std::string> DramNames() {
  std::vector<std::string> names;
  for (const auto& [name, cost] : DramCosts()) names.push_back(name);
  return names;
}

}  // namespace weft
