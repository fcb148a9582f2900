// SPDX-License-Identifier: Apache-2.0
#include "sim/report/columns.h"

#include <algorithm>

namespace weft::report {
namespace {

Column OfCount(const char* name, std::optional<int64_t> Layer::*member) {
  return {name, [member](const Run&, const Layer& l) { return Count(l.*member); }, {}};
}

Column OfReal(const char* name, std::optional<double> Layer::*member) {
  return {name, [member](const Run&, const Layer& l) { return Real(l.*member); }, {}};
}

Column OfShare(const char* name, std::optional<double> Layer::*member) {
  return {name, [member](const Run&, const Layer& l) { return Share(l.*member); }, {}};
}

Column DramBytes() {
  return {"DRAM bytes", [](const Run&, const Layer& l) { return Count(l.dram_bytes()); }, {}};
}

Column TotalEnergy() {
  return {"energy, µJ", [](const Run&, const Layer& l) { return Energy(l.total_pj); }, {}};
}

Number Milliseconds(const Run& run, const Layer& l) {
  if (!l.cycles || run.clock_mhz <= 0) return Real(std::nullopt);
  return Real(static_cast<double>(*l.cycles) / run.clock_mhz / 1e3);
}

}  // namespace

std::optional<double> MacsPerByte(const Layer& layer) { return Ratio(layer.macs, layer.dram_bytes()); }
std::optional<double> MacsPerCycle(const Layer& layer) { return Ratio(layer.macs, layer.cycles); }

std::optional<double> RoofAt(const Run& run, const std::optional<double>& macs_per_byte) {
  if (!run.multipliers || !run.memory_bytes_a_cycle || !macs_per_byte) return std::nullopt;
  return std::min(static_cast<double>(*run.multipliers),
                  *macs_per_byte * static_cast<double>(*run.memory_bytes_a_cycle));
}

std::optional<double> CapUtilization(const Run& run, const Layer& layer) {
  const std::optional<double> a_cycle = Ratio(layer.macs, layer.cap_cycles);
  if (!a_cycle || !run.multipliers) return std::nullopt;
  return *a_cycle / static_cast<double>(*run.multipliers);
}

Columns SumColumns() {
  Columns columns = {OfCount("cycles", &Layer::cycles),
                     {"time, ms", Milliseconds, {}},
                     OfCount("MACs", &Layer::macs),
                     OfCount("MACs with padding", &Layer::macs_padded),
                     OfCount("effectual MACs", &Layer::effectual_macs),
                     OfShare("utilization", &Layer::utilization),
                     OfCount("DRAM bytes read", &Layer::dram_read_bytes),
                     OfCount("DRAM bytes written", &Layer::dram_write_bytes),
                     TotalEnergy()};
  const Columns rates = EnergyRates();
  columns.insert(columns.end(), rates.begin(), rates.end());
  return columns;
}

Columns LayerColumns() {
  return {{"operator", {}, [](const Layer& l) { return l.op; }},
          {"on", {}, [](const Layer& l) { return l.on; }},
          OfCount("cycles", &Layer::cycles),
          OfCount("MACs", &Layer::macs),
          OfCount("effectual MACs", &Layer::effectual_macs),
          OfShare("utilization", &Layer::utilization),
          OfShare("zero fraction", &Layer::zero_fraction),
          DramBytes(),
          TotalEnergy()};
}

Columns EnergyColumns() {
  Columns columns;
  for (size_t c = 0; c < kEnergyComponents; ++c) {
    const auto pj = [c](const Run&, const Layer& l) {
      return Energy(l.component_pj ? std::optional<int64_t>((*l.component_pj)[c]) : std::nullopt);
    };
    columns.push_back({std::string(kEnergyComponentNames[c]) + ", µJ", pj, {}});
  }
  columns.push_back(TotalEnergy());
  return columns;
}

Columns EnergyRates() {
  return {OfReal("average power, mW", &Layer::average_power_mw), OfReal("pJ per MAC", &Layer::pj_per_mac),
          OfReal("pJ per effectual MAC", &Layer::pj_per_effectual_mac)};
}

Columns CycleColumns() {
  Columns columns;
  for (size_t c = 0; c < spec::kClassCount; ++c) {
    const auto cycles = [c](const Run&, const Layer& l) {
      return Count(l.array_cycles ? std::optional<int64_t>((*l.array_cycles)[c]) : std::nullopt);
    };
    columns.push_back({spec::kClassNames[c], cycles, {}});
  }
  columns.push_back(OfCount("cycles", &Layer::cycles));
  return columns;
}

Columns UseColumns() {
  return {OfShare("utilization", &Layer::utilization),
          {"utilization at the cap", [](const Run& run, const Layer& l) { return Share(CapUtilization(run, l)); }, {}},
          OfShare("zero fraction", &Layer::zero_fraction),
          OfCount("cycles", &Layer::cycles),
          OfReal("cap, cycles", &Layer::cap_cycles),
          {"cycles / cap", [](const Run&, const Layer& l) { return Real(Ratio(l.cycles, l.cap_cycles)); }, {}},
          {"cap set by", {}, [](const Layer& l) { return l.cap_set_by.empty() ? kNotKnown : l.cap_set_by; }}};
}

Columns RooflineColumns() {
  const auto of_roof = [](const Run& run, const Layer& l) -> std::optional<double> {
    const std::optional<double> roof = RoofAt(run, MacsPerByte(l)), macs = MacsPerCycle(l);
    if (!roof || !macs || *roof == 0) return std::nullopt;
    return *macs / *roof;
  };
  return {
      {"MACs per DRAM byte", [](const Run&, const Layer& l) { return Real(MacsPerByte(l)); }, {}},
      {"MACs per cycle", [](const Run&, const Layer& l) { return Real(MacsPerCycle(l)); }, {}},
      {"roof, MACs per cycle", [](const Run& run, const Layer& l) { return Real(RoofAt(run, MacsPerByte(l))); }, {}},
      {"of the roof", [of_roof](const Run& run, const Layer& l) { return Share(of_roof(run, l)); }, {}}};
}

Columns TrafficColumns() {
  return {OfCount("read", &Layer::dram_read_bytes),
          OfCount("written", &Layer::dram_write_bytes),
          DramBytes(),
          OfCount("compulsory", &Layer::compulsory_bytes),
          OfCount("bound", &Layer::bound_bytes),
          OfCount("best tiling", &Layer::best_tiling_bytes),
          {"DRAM / bound", [](const Run&, const Layer& l) { return Real(Ratio(l.dram_bytes(), l.bound_bytes)); }, {}},
          {"DRAM / best tiling",
           [](const Run&, const Layer& l) { return Real(Ratio(l.dram_bytes(), l.best_tiling_bytes)); },
           {}}};
}

Columns MappingColumns() {
  Columns columns;
  for (const char* name : kMappingNumbers) {
    const auto value = [name](const Run&, const Layer& l) {
      const auto number = l.mapping_numbers.find(name);
      return Count(number == l.mapping_numbers.end() ? std::nullopt : std::optional<int64_t>(number->second));
    };
    columns.push_back({name, value, {}});
  }
  return columns;
}

}  // namespace weft::report
