// SPDX-License-Identifier: Apache-2.0
#include "sim/record_energy.h"

#include <fmt/format.h>

#include "sim/sha256.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

// 0: not said.
Json OrNull(double value) { return value > 0 ? Json(value) : Json(nullptr); }

Json Per(int64_t pj, int64_t of) {
  return of > 0 ? Json(static_cast<double>(pj) / static_cast<double>(of)) : Json(nullptr);
}

}  // namespace

Json ComponentsJson(const LayerEnergy& energy) {
  Json json;
  for (size_t c = 0; c < kEnergyComponents; ++c) json[kEnergyComponentNames[c]] = energy.component_pj[c];
  json["total"] = energy.total_pj;
  return json;
}

EnergyRecord::EnergyRecord(const EnergyTable& table, const Config& config)
    : table_(table), config_(config), events_(EnergyEvents(config)), costs_(EventCosts(table, config)) {}

std::optional<LayerEnergy> EnergyRecord::Of(const LayerResult& layer) const {
  if (!layer.has_record || config_.counter_small) return std::nullopt;
  return EnergyOf(events_, costs_, EnergyCountsOf(layer.events, layer.cycles));
}

std::optional<LayerEnergy> EnergyRecord::Total(const RunResult& result) const {
  std::optional<LayerEnergy> total;
  for (const LayerResult& layer : result.layers) {
    const std::optional<LayerEnergy> one = Of(layer);
    if (layer.has_record && !one) return std::nullopt;
    if (!one) continue;
    if (!total) total.emplace();
    *total += *one;
  }
  return total;
}

std::string EnergyRecord::Line(const RunResult& result, const LayerNumbers& totals) const {
  const std::optional<LayerEnergy> energy = Total(result);
  if (!energy || energy->total_pj == 0 || !totals.cycles) return "";
  const double pj = static_cast<double>(energy->total_pj);
  const std::string dram = table_.dram.empty() ? "" : ", DRAM " + table_.dram;
  std::string text = fmt::format("{:.6g} uJ (energy table {}{}):", pj / 1e6, table_.name, dram);
  for (size_t c = 0; c < kEnergyComponents; ++c)
    text += fmt::format("{} {} {:.0f} %", c == 0 ? "" : ",", kEnergyComponentNames[c],
                        100 * static_cast<double>(energy->component_pj[c]) / pj);
  text += fmt::format("; {:.4g} mW", pj / static_cast<double>(*totals.cycles) * config_.clock_mhz / 1000);
  if (totals.utilization && totals.accelerated_macs > 0)
    text += fmt::format(", {:.3g} pJ a MAC", pj / static_cast<double>(totals.accelerated_macs));
  return text + "\n";
}

Json EnergyRecord::Table() const {
  Json costs = Json::array();
  for (size_t i = 0; i < events_.size(); ++i) {
    std::string source;
    for (const EnergyCost& cost : table_.events.at(events_[i].name))
      if (source.find(cost.source) == std::string::npos) source += (source.empty() ? "" : "; ") + cost.source;
    costs.push_back({{"event", events_[i].name},
                     {"component", kEnergyComponentNames[events_[i].component]},
                     {"bits", events_[i].bits},
                     {"memory_bytes", OrNull(events_[i].memory_bytes)},
                     {"node_nm", OrNull(table_.events.at(events_[i].name)[0].node_nm)},
                     {"voltage_v", OrNull(table_.events.at(events_[i].name)[0].voltage_v)},
                     {"pj", costs_[i]},
                     {"source", source}});
  }
  return {{"table",
           {{"name", table_.name},
            {"doc", table_.doc},
            {"node_nm", table_.node_nm},
            {"voltage_v", table_.voltage_v},
            {"dram", table_.dram.empty() ? Json(nullptr) : Json(table_.dram)},
            {"sha256", Sha256().Update(table_.text).Hex()}}},
          {"costs", costs}};
}

void EnergyRecord::Put(const std::optional<LayerEnergy>& energy, const LayerNumbers& numbers, Json* json) const {
  const char* const fields[] = {"energy_pj", "average_power_mw", "pj_per_mac", "pj_per_effectual_mac"};
  for (const char* field : fields) (*json)[field] = nullptr;
  if (!energy) return;
  (*json)["energy_pj"] = ComponentsJson(*energy);
  // pJ a cycle times MHz are microwatts.
  if (numbers.cycles && *numbers.cycles > 0)
    (*json)["average_power_mw"] = static_cast<double>(energy->total_pj) / static_cast<double>(*numbers.cycles) *
                                  config_.clock_mhz / 1000;
  // A slice has not made the layer's MACs.
  if (numbers.utilization) (*json)["pj_per_mac"] = Per(energy->total_pj, numbers.accelerated_macs);
  (*json)["pj_per_effectual_mac"] = 
      Per(energy->total_pj, numbers.macs > 0 ? numbers.effectual_macs.value_or(0) : 0);
}

Json EnergyRecord::Events(const LayerResult& layer, const LayerEnergy& energy) const {
  const std::vector<int64_t> counts = EnergyCountsOf(layer.events, layer.cycles);
  Json list = Json::array();
  for (size_t i = 0; i < events_.size(); ++i)
    list.push_back({{"event", events_[i].name}, {"count", counts[i]}, {"pj", energy.event_pj[i]}});
  return list;
}

}  // namespace weft
