// SPDX-License-Identifier: Apache-2.0
// Energy in the run record: what an energy table makes of the events that an engine counted.

#ifndef WEFT_SIM_RECORD_ENERGY_H_
#define WEFT_SIM_RECORD_ENERGY_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/energy.h"
#include "sim/record.h"

namespace weft {

// pJ by component, and their sum.
nlohmann::ordered_json ComponentsJson(const LayerEnergy& energy);

class EnergyRecord {
 public:
  EnergyRecord(const EnergyTable& table, const Config& config);

  // Nothing where the engine counted no events, or (CounterSet: small) too few.
  std::optional<LayerEnergy> Of(const LayerResult& layer) const;

  // Of all layers on the accelerator, if each has one.
  std::optional<LayerEnergy> Total(const RunResult& result) const;

  // "114.2 uJ (eyeriss65): mac 3 %, ...", power and pJ per MAC; empty if nothing is known.
  std::string Line(const RunResult& result, const LayerNumbers& totals) const;

  // The table: name, node, voltage, DRAM, hash of its text, the cost of one event each with its source.
  nlohmann::ordered_json Table() const;
  // Fields of a layer or of the totals: energy_pj by component, average power, pJ per MAC; null if nothing is known.
  // pJ per MAC of a slice, which has not made all of its MACs, are not known.
  void Put(const std::optional<LayerEnergy>& energy, const LayerNumbers& numbers, nlohmann::ordered_json* json) const;
  // Count, cost and energy of each event.
  nlohmann::ordered_json Events(const LayerResult& layer, const LayerEnergy& energy) const;

 private:
  const EnergyTable& table_;
  const Config& config_;
  const std::vector<EnergyEvent> events_;
  const std::vector<double> costs_;
};

}  // namespace weft

#endif  // WEFT_SIM_RECORD_ENERGY_H_
