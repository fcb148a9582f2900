// SPDX-License-Identifier: Apache-2.0
// weft study quantization: tables and JSON.
#include <fmt/format.h>

#include "sim/record_energy.h"
#include "sim/study/quantization.h"
#include "sim/study/table.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kRules[] =
    "Batch and zero fractions as published (AlexNet 4, VGG-16 3); events of weft168 with 8-bit weights from the exact\n"
    "model, and the same mapping for each format: what a larger or smaller weight would change of the mapping is left\n"
    "out, and so are cycles. Activations have 8 bits throughout. Bytes of weights, of their GLB words, bus, spads and\n"
    "multipliers follow the width; a multiplier of a x b bits costs what one of sqrt(a b) bits a side does. Codebook: 16\n"
    "entries of 8 bits a layer, 4-bit indices in DRAM and GLB, looked up in front of the filter bus. What a format does\n"
    "to the answers is not looked at.\n\n";

QuantizationFigures Sum(const std::vector<QuantizationLayer>& layers, size_t format) {
  QuantizationFigures sum;
  for (const QuantizationLayer& layer : layers) {
    sum.weight_bytes += layer.formats[format].weight_bytes;
    sum.dram_bytes += layer.formats[format].dram_bytes;
    sum.energy += layer.formats[format].energy;
  }
  return sum;
}

std::string Summary(const std::string& network, const std::vector<QuantizationLayer>& layers) {
  StudyTable table = {network, {"weights", "weights MB", "DRAM MB"}, {}, ""};
  for (const char* component : kEnergyComponentNames) table.header.push_back(fmt::format("{} uJ", component));
  table.header.insert(table.header.end(), {"total uJ", "of 8 bits"});
  const double of_8 = Mega(Sum(layers, 1).energy.total_pj);
  for (size_t f = 0; f < kWeightFormatCount; ++f) {
    const QuantizationFigures sum = Sum(layers, f);
    table.rows.push_back({kWeightFormats[f].name, Fixed(Mega(sum.weight_bytes), 2), Fixed(Mega(sum.dram_bytes), 2)});
    for (int64_t pj : sum.energy.component_pj) table.rows.back().push_back(Fixed(Mega(pj), 1));
    table.rows.back().push_back(Fixed(Mega(sum.energy.total_pj), 1));
    table.rows.back().push_back(Fixed(Mega(sum.energy.total_pj) / of_8, 3));
  }
  return MarkdownTable(table);
}

std::string Layers(const std::string& network, const std::vector<QuantizationLayer>& layers) {
  StudyTable table = {network + ", layer by layer", {"layer"}, {}, ""};
  for (const char* what : {"DRAM MB", "uJ"})
    for (const WeightFormat& format : kWeightFormats) table.header.push_back(fmt::format("{}, {}", what, format.name));
  for (const QuantizationLayer& layer : layers) {
    table.rows.push_back({layer.name});
    for (const QuantizationFigures& f : layer.formats) table.rows.back().push_back(Fixed(Mega(f.dram_bytes), 2));
    for (const QuantizationFigures& f : layer.formats) table.rows.back().push_back(Fixed(Mega(f.energy.total_pj), 1));
  }
  return MarkdownTable(table);
}

Json FiguresJson(const QuantizationFigures& f) {
  Json json = {{"weight_bytes", f.weight_bytes}, {"dram_bytes", f.dram_bytes}};
  json["energy_pj"] = ComponentsJson(f.energy);
  return json;
}

}  // namespace

StudyResult StudyQuantizationOf(const std::vector<Workload>& workloads) {
  const EnergyTable table = LoadEnergyTable(kDefaultEnergyTable);
  StudyResult result = BeginStudy("quantization", kRules, table);
  for (const Workload& workload : workloads) {
    const std::string& name = workload.name;
    const std::vector<QuantizationLayer> layers = QuantizationOf(Measure(workload, std::nullopt), table);
    result.text += Summary(name, layers) + Layers(name, layers);
    Json network = {{"name", name}, {"layers", Json::array()}};
    for (const QuantizationLayer& layer : layers) {
      Json one = {{"name", layer.name}};
      for (size_t f = 0; f < kWeightFormatCount; ++f)
        one["formats"][kWeightFormats[f].name] = FiguresJson(layer.formats[f]);
      network["layers"].push_back(std::move(one));
    }
    for (size_t f = 0; f < kWeightFormatCount; ++f)
      network["sum"][kWeightFormats[f].name] = FiguresJson(Sum(layers, f));
    result.json["networks"].push_back(std::move(network));
  }
  return result;
}

StudyResult StudyQuantization() { return StudyQuantizationOf(PublishedWorkloads()); }

}  // namespace weft
