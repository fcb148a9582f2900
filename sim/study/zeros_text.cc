// SPDX-License-Identifier: Apache-2.0
// weft study zeros: tables and JSON.
#include <fmt/format.h>

#include <iterator>

#include "sim/record_energy.h"
#include "sim/study/table.h"
#include "sim/study/zeros.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kRules[] =
    "Batch as published (AlexNet 4, VGG-16 3), zero fractions of the ifmaps as published, independent zeros; weft168\n"
    "at 8 bytes a cycle, cycles and events from the exact model. `dense`: a run without zeros. `gating`: its cycles;\n"
    "a zero holds the multiplier and its weight is not read. `skipping`: what Weft does, measured. `coded`: counted,\n"
    "not built: ifmaps and ofmaps run-length coded in DRAM (5 pairs of a 4-bit run and 8 bits in 64), ofmaps with the\n"
    "zeros of the next layer's ifmap, the last one plain; no map is stored longer than plain. Bytes of `dense` and\n"
    "`skipping` differ, since the mapper gives a byte more weight where products are skipped.\n\n";

ZerosFigures Sum(const std::vector<ZerosLayer>& layers, size_t way) {
  ZerosFigures sum;
  for (const ZerosLayer& layer : layers) {
    sum.cycles += layer.ways[way].cycles;
    sum.dram_bytes += layer.ways[way].dram_bytes;
    sum.energy += layer.ways[way].energy;
  }
  return sum;
}

std::string SavedText(int64_t value, int64_t of) {
  return fmt::format("{:.1f} %", 100 * (1 - static_cast<double>(value) / static_cast<double>(of)));
}

std::string Summary(const std::string& network, const std::vector<ZerosLayer>& layers) {
  const ZerosFigures dense = Sum(layers, kDenseWay);
  StudyTable table = {
      network, {"way", "M cycles", "saved", "DRAM MB", "saved", "uJ", "saved", "on chip uJ", "saved"}, {}, ""};
  const auto on_chip = [](const ZerosFigures& f) { return f.energy.total_pj - f.energy.component_pj[kEnergyDram]; };
  for (size_t way = 0; way < kZerosWays; ++way) {
    const ZerosFigures f = Sum(layers, way);
    table.rows.push_back({kZerosWayNames[way], Fixed(Mega(f.cycles), 2), SavedText(f.cycles, dense.cycles),
                          Fixed(Mega(f.dram_bytes), 2), SavedText(f.dram_bytes, dense.dram_bytes),
                          Fixed(Mega(f.energy.total_pj), 1), SavedText(f.energy.total_pj, dense.energy.total_pj),
                          Fixed(Mega(on_chip(f)), 1), SavedText(on_chip(f), on_chip(dense))});
  }
  return MarkdownTable(table);
}

// One figure of every layer and way.
std::string Layers(const std::string& title, const std::vector<ZerosLayer>& layers, int digits,
                   int64_t (*figure)(const ZerosFigures&)) {
  StudyTable table = {title, {"layer", "zeros in"}, {}, ""};
  table.header.insert(table.header.end(), std::begin(kZerosWayNames), std::end(kZerosWayNames));
  for (const ZerosLayer& layer : layers) {
    table.rows.push_back({layer.name, fmt::format("{:.1f} %", 100 * layer.zeros_in)});
    for (const ZerosFigures& f : layer.ways) table.rows.back().push_back(Fixed(Mega(figure(f)), digits));
  }
  return MarkdownTable(table);
}

std::string Text(const std::string& network, const std::vector<ZerosLayer>& layers) {
  return Summary(network, layers) +
         Layers(network + ", million cycles", layers, 2, [](const ZerosFigures& f) { return f.cycles; }) +
         Layers(network + ", DRAM MB", layers, 2, [](const ZerosFigures& f) { return f.dram_bytes; }) +
         Layers(network + ", uJ", layers, 1, [](const ZerosFigures& f) { return f.energy.total_pj; });
}

Json FiguresJson(const ZerosFigures& f) {
  Json json = {{"cycles", f.cycles}, {"dram_bytes", f.dram_bytes}};
  json["energy_pj"] = ComponentsJson(f.energy);
  return json;
}

Json LayerJson(const ZerosLayer& layer) {
  Json json = {{"name", layer.name}, {"zeros_in", layer.zeros_in}, {"zeros_out", layer.zeros_out}};
  for (size_t way = 0; way < kZerosWays; ++way) json["ways"][kZerosWayNames[way]] = FiguresJson(layer.ways[way]);
  return json;
}

// Skipping can only take away from the cycles and the energy of a network.
std::string WhatFails(const std::string& network, const std::vector<ZerosLayer>& layers) {
  const ZerosFigures gated = Sum(layers, kGatedWay), skipped = Sum(layers, kSkippedWay);
  if (skipped.cycles >= gated.cycles) return network + ": skipping saves no cycles";
  if (skipped.energy.total_pj >= gated.energy.total_pj) return network + ": skipping saves no energy over gating";
  return "";
}

}  // namespace

StudyResult StudyZerosOf(const std::vector<Workload>& workloads) {
  const EnergyTable table = LoadEnergyTable(kDefaultEnergyTable);
  StudyResult result = BeginStudy("zeros", kRules, table);
  for (const Workload& workload : workloads) {
    const std::string& name = workload.name;
    const std::vector<ZerosLayer> layers = ZerosOf(Measure(workload, 0), Measure(workload, std::nullopt), table);
    result.text += Text(name, layers);
    Json network = {{"name", name}, {"layers", Json::array()}};
    for (const ZerosLayer& layer : layers) network["layers"].push_back(LayerJson(layer));
    for (size_t way = 0; way < kZerosWays; ++way) network["sum"][kZerosWayNames[way]] = FiguresJson(Sum(layers, way));
    result.json["networks"].push_back(std::move(network));
    if (result.failed.empty()) result.failed = WhatFails(name, layers);
  }
  return result;
}

StudyResult StudyZeros() { return StudyZerosOf(PublishedWorkloads()); }

}  // namespace weft
