// SPDX-License-Identifier: Apache-2.0
// Energy from counted events: every joule is a count times a cost of an energy table (spec/energy), which has a
// unit, a node, a voltage and a source. docs/energy.md has the tables, what scales them, and their limits.

#ifndef WEFT_MODEL_ENERGY_H_
#define WEFT_MODEL_ENERGY_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/config.h"

namespace weft {

enum EnergyComponent : size_t {
  kEnergyMac, kEnergySpad, kEnergyNoc, kEnergyGlb, kEnergyDram, kEnergyOther, kEnergyComponents
};
constexpr const char* kEnergyComponentNames[kEnergyComponents] = {"mac", "spad", "noc", "glb", "dram", "other"};

// How a cost follows the width of what is moved or multiplied.
enum class EnergyScale : uint8_t { kNone, kLinear, kSquare };

// A published figure: pJ for `bits` bits, of a memory of some bytes where it depends on that.
struct EnergyCost {
  double pj = 0;
  bool milliwatts = false;  // pj is power, of event `cycle`: over the clock it is pJ a cycle
  // {memory bytes, pJ}, rising: between two of them (outside: the nearest two) a power of the size. Empty: pj.
  std::vector<std::pair<double, double>> points;
  double bits = 0;
  EnergyScale scale = EnergyScale::kNone;
  double node_nm = 0, voltage_v = 0;
  std::string source;

  // Of an event of that width (bits), in a memory of that size (bytes).
  double Of(double event_bits, double memory_bytes) const;
};

struct EnergyTable {
  std::string name, doc;
  std::string dram;    // NAME of spec/energy/dram.yaml, or empty: the table's own cost
  std::string text;    // of the file
  double node_nm = 0, voltage_v = 0;
  std::map<std::string, std::vector<EnergyCost>> events;  // for each of EnergyEvents() costs that add up

  // pJ of one event of that width (bits), in a memory of that size (bytes).
  double CostOf(const std::string& event, double bits, double memory_bytes) const;
};

constexpr char kDefaultEnergyTable[] = "eyeriss65";

// NAME of spec/energy or a YAML file's path. dram: NAME of spec/energy/dram.yaml in place of the table's choice;
// empty: the table's. Throws Error: the file, the event or field, what is wrong and what would be right.
EnergyTable LoadEnergyTable(const std::string& name_or_path, const std::string& dram = "");
EnergyTable ParseEnergyTable(const std::string& yaml_text, const std::string& where, const std::string& dram = "");
std::vector<std::string> BuiltinEnergyTableNames();
std::vector<std::string> DramNames();

// What energy is counted for: the events of spec/events.yaml with those derived from them, and `cycle`.
struct EnergyEvent {
  std::string name;
  EnergyComponent component;
  double bits = 0;          // width of one, in this configuration
  double memory_bytes = 0;  // of the memory it reads or writes; 0: none
};
std::vector<EnergyEvent> EnergyEvents(const Config& config);
// In the order of EnergyEvents, of the events that an engine counted (spec::kEventCount; CounterSet: full).
std::vector<int64_t> EnergyCountsOf(const std::vector<int64_t>& events, int64_t cycles);

// pJ of one event each, in the order of EnergyEvents(config). Throws Error if one is beyond all reason.
std::vector<double> EventCosts(const EnergyTable& table, const Config& config);

// Energy is a whole number of pJ for each event of a layer, so every sum over events, components and layers is exact.
struct LayerEnergy {
  std::vector<int64_t> event_pj;  // in the order of EnergyEvents
  std::array<int64_t, kEnergyComponents> component_pj{};
  int64_t total_pj = 0;

  LayerEnergy& operator+=(const LayerEnergy& other);
};
LayerEnergy EnergyOf(const std::vector<EnergyEvent>& events, const std::vector<double>& costs,
                     const std::vector<int64_t>& counts);

}  // namespace weft

#endif  // WEFT_MODEL_ENERGY_H_
