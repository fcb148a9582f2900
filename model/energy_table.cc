// SPDX-License-Identifier: Apache-2.0
// Energy tables: every event once, every cost with unit and source, nothing negative, nothing unknown.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "kEnergyFiles.h"
#include "model/energy.h"
#include "model/energy_yaml.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr char kDramFile[] = "dram";

// Of spec/energy; nullptr if there is none.
const char* BuiltinText(const std::string& name) {
  for (const auto& file : kEnergyFiles)
    if (name + ".yaml" == file.name) return file.text;
  return nullptr;
}

// What a value of 1 is, and what holds where a cost says nothing else.
struct Defaults {
  double mac_pj = 0;  // 0: no unit `mac`
  double node_nm = 0, voltage_v = 0;  // 0: not said
};

class CostReader {
 public:
  CostReader(const EnergyYaml& reader, const Defaults& defaults)
      : r_(reader), defaults_(defaults), sources_(reader.Field(reader.root(), "table", "sources")) {
    if (!sources_.IsMap()) r_.Refuse("sources must be a map");
  }

  EnergyCost Read(const std::string& name, const YAML::Node& node) const {
    const std::string of = "cost " + name;
    r_.AllowKeys(node, of, {"value", "points", "unit", "bits", "scale", "source", "node_nm", "voltage_v"});
    EnergyCost cost;
    const double unit_pj = UnitOf(of, node);
    cost.milliwatts = node["unit"].Scalar() == "mW";
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
    if (unit == "pJ" || unit == "mW") return 1;
    if (unit != "mac") 
      r_.Refuse(fmt::format("{}: unit {} is not known; pJ, mac (with mac_pj), or mW of cycles", of, unit));
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
    if (!sources_[key].IsScalar()) r_.Refuse(fmt::format("source {} must be a text", key));
    return sources_[key].Scalar();
  }

  const EnergyYaml& r_;
  const Defaults& defaults_;
  const YAML::Node sources_;
};

// Which events there are, and which have a memory, is the same in every configuration.
std::vector<EnergyEvent> AllEvents() { return EnergyEvents(LoadConfig("weft168")); }

std::vector<std::string> CostNames(const EnergyYaml& reader, const YAML::Node& node, const std::string& event) {
  std::vector<std::string> names;
  if (node.IsScalar()) names.push_back(node.Scalar());
  if (node.IsSequence())
    for (const YAML::Node& name : node) names.push_back(reader.Name(name));
  if (names.empty()) reader.Refuse(fmt::format("event {}: it needs the name of a cost, or a list of names", event));
  return names;
}

void ReadEvents(const EnergyYaml& reader, const std::map<std::string, EnergyCost>& costs, EnergyTable* table) {
  const YAML::Node events = reader.Field(reader.root(), "table", "events");
  std::vector<std::string> names;
  for (const EnergyEvent& event : AllEvents()) names.push_back(event.name);
  reader.AllowKeys(events, "events", names);
  for (const auto& [event, component, bits, memory_bytes] : AllEvents()) {
    if (!events[event]) reader.Refuse(fmt::format("events: {} is missing", event));
    for (const std::string& cost : CostNames(reader, events[event], event)) {
      const auto found = costs.find(cost);
      if (found == costs.end()) reader.Refuse(fmt::format("event {}: cost {} is not among the costs", event, cost));
      if (!found->second.points.empty() && memory_bytes == 0)
        reader.Refuse(
            fmt::format("event {}: cost {} depends on a memory's size (points), and it has no memory", event, cost));
      if (found->second.milliwatts && event != "cycle")
        reader.Refuse(fmt::format("event {}: cost {} is a power (mW), which only `cycle` can have", event, cost));
      table->events[event].push_back(found->second);
    }
  }
}

std::map<std::string, EnergyCost> ReadCosts(const EnergyYaml& reader, const Defaults& defaults) {
  const YAML::Node node = reader.Field(reader.root(), "table", "costs");
  if (!node.IsMap()) reader.Refuse("costs must be a map");
  const CostReader read(reader, defaults);
  std::map<std::string, EnergyCost> costs;
  for (const auto& entry : node) {
    const std::string name = reader.Name(entry.first);
    if (!costs.emplace(name, read.Read(name, entry.second)).second)
      reader.Refuse(fmt::format("cost {} is given twice", name));
  }
  return costs;
}

std::map<std::string, EnergyCost> DramCosts() {
  const Defaults none;
  const EnergyYaml reader(BuiltinText(kDramFile), "spec/energy/dram.yaml");
  return ReadCosts(reader, none);
}

void UseDram(const std::string& where, const std::string& dram, EnergyTable* table) {
  const auto costs = DramCosts();
  const auto found = costs.find(dram);
  if (found == costs.end())
    throw Error(fmt::format("{}: DRAM {} is not known; there are {}", where, dram, JoinedNames(DramNames())));
  table->dram = dram;
  for (const EnergyEvent& event : AllEvents())
    if (event.component == kEnergyDram) table->events[event.name] = {found->second};
}

}  // namespace

EnergyTable ParseEnergyTable(const std::string& yaml_text, const std::string& where, const std::string& dram) {
  const EnergyYaml reader(yaml_text, where);
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
    const std::string source = reader.Text(root, "table", "mac_pj_source");
    if (!root["sources"] || !root["sources"][source])
      reader.Refuse(fmt::format("mac_pj_source: {} is not among the sources", source));
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
  if (!std::filesystem::is_regular_file(name_or_path))
    throw Error(fmt::format("{}: no such energy table; built-in ones are {}", name_or_path,
                            JoinedNames(BuiltinEnergyTableNames())));
  std::ifstream in(name_or_path, std::ios::binary);
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
