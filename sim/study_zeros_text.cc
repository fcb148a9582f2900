// SPDX-License-Identifier: Apache-2.0
// weft study zeros: tables and JSON.
#include <fmt/format.h>

#include "sim/study_zeros.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNetworks[] = {"alexnet", "vgg16"};

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

double Uj(int64_t pj) { return static_cast<double>(pj) / 1e6; }

double Saved(int64_t value, int64_t of) { return 100 * (1 - static_cast<double>(value) / static_cast<double>(of)); }

std::string Summary(const std::string& network, const std::vector<ZerosLayer>& layers) {
  const ZerosFigures dense = Sum(layers, kDenseWay);
  std::string text = fmt::format("{}\n\n| way | M cycles | saved | DRAM MB | saved | uJ | saved | on chip uJ | saved |\n",
                                 network) + "|---|---|---|---|---|---|---|---|---|\n";
  const auto on_chip = [](const ZerosFigures& f) { return f.energy.total_pj - f.energy.component_pj[kEnergyDram]; };
  for (size_t way = 0; way < kZerosWays; ++way) {
    const ZerosFigures f = Sum(layers, way);
    text += fmt::format("| {} | {:.2f} | {:.1f} % | {:.2f} | {:.1f} % | {:.1f} | {:.1f} % | {:.1f} | {:.1f} % |\n",
                        kZerosWayNames[way], static_cast<double>(f.cycles) / 1e6, Saved(f.cycles, dense.cycles),
                        static_cast<double>(f.dram_bytes) / 1e6, Saved(f.dram_bytes, dense.dram_bytes),
                        Uj(f.energy.total_pj), Saved(f.energy.total_pj, dense.energy.total_pj), Uj(on_chip(f)),
                        Saved(on_chip(f), on_chip(dense)));
  }
  return text + "\n";
}

std::string Layers(const std::vector<ZerosLayer>& layers) {
  std::string text = "| layer | zeros in |";
  for (const char* what : {"M cycles", "MB", "uJ"})
    for (const char* way : kZerosWayNames)
      if (what[0] != 'M' || what[1] == 'B' || std::string(way).find("coded") == std::string::npos)
        text += fmt::format(" {} {} |", what, way);
  text += "\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const ZerosLayer& layer : layers) {
    text += fmt::format("| {} | {:.1f} % |", layer.name, 100 * layer.zeros_in);
    for (size_t way : {kDenseWay, kGatedWay, kSkippedWay})
      text += fmt::format(" {:.2f} |", static_cast<double>(layer.ways[way].cycles) / 1e6);
    for (const ZerosFigures& f : layer.ways) text += fmt::format(" {:.2f} |", static_cast<double>(f.dram_bytes) / 1e6);
    for (const ZerosFigures& f : layer.ways) text += fmt::format(" {:.1f} |", Uj(f.energy.total_pj));
    text += "\n";
  }
  return text + "\n";
}

Json FiguresJson(const ZerosFigures& f) {
  Json json = {{"cycles", f.cycles}, {"dram_bytes", f.dram_bytes}};
  for (size_t c = 0; c < kEnergyComponents; ++c) json["energy_pj"][kEnergyComponentNames[c]] = f.energy.component_pj[c];
  json["energy_pj"]["total"] = f.energy.total_pj;
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

StudyResult StudyZeros() {
  const EnergyTable table = LoadEnergyTable(kDefaultEnergyTable);
  StudyResult result;
  result.text = kRules;
  result.text += fmt::format("Energy table {}: {}.\n\n", table.name, table.doc);
  result.json = {{"study", "zeros"}, {"energy_table", table.name}, {"networks", Json::array()}};
  for (const char* name : kNetworks) {
    const Workload workload = ShippedWorkload(name);
    const std::vector<ZerosLayer> layers = ZerosOf(Measure(workload, 0), Measure(workload, std::nullopt), table);
    result.text += Summary(name, layers) + Layers(layers);
    Json network = {{"name", name}, {"layers", Json::array()}};
    for (const ZerosLayer& layer : layers) network["layers"].push_back(LayerJson(layer));
    for (size_t way = 0; way < kZerosWays; ++way) network["sum"][kZerosWayNames[way]] = FiguresJson(Sum(layers, way));
    result.json["networks"].push_back(std::move(network));
    if (result.failed.empty()) result.failed = WhatFails(name, layers);
  }
  return result;
}

}  // namespace weft
