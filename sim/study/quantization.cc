// SPDX-License-Identifier: Apache-2.0
#include "sim/study/quantization.h"

#include <cmath>

#include "compiler/mapping_cap.h"
#include "compiler/whole_layers.h"

namespace weft {
namespace {

constexpr double kActivationBits = 9, kStoredBits = 8;

// Of the bytes that the filter load engine moves, those of weights; the rest are parameters.
struct FilterBytes {
  int64_t weights = 0, params = 0;
  double share() const { return static_cast<double>(weights) / static_cast<double>(weights + params); }
};
FilterBytes FiltersOf(const std::vector<ArrayLayer>& layers) {
  FilterBytes bytes;
  for (const ArrayLayer& layer : layers) {
    const CompulsoryBytes least = CompulsoryTraffic(layer);
    bytes.weights += least.filters;
    bytes.params += least.params;
  }
  return bytes;
}

void Scale(double factor, int64_t* count) { *count = std::llround(static_cast<double>(*count) * factor); }

QuantizationFigures FiguresOf(const WeightFormat& format, const std::vector<ArrayLayer>& layers, const Config& config,
                              const EnergyTable& table, const LayerResult& layer) {
  const FilterBytes filters = FiltersOf(layers);
  const double stored = 1 + filters.share() * (format.stored_bits / kStoredBits - 1);
  const double spad_bytes = 2.0 * config.filter_depth * config.lanes * format.operand_bits / 8;
  PricedEvents events(table, config, layer);
  const int64_t codebook = format.codebook_entries * static_cast<int64_t>(layers.size());
  const int64_t before = events.count("dram_rd_fl");
  for (const char* event : {"dram_rd_fl", "glb_lf", "glb_flt"}) Scale(stored, &events.count(event));
  events.count("dram_rd_fl") += codebook;
  // A multiplier of a x b bits is worth one of sqrt(a b) bits a side.
  const double side = std::sqrt(kActivationBits * format.operand_bits);
  for (const char* event : {"mac", "mac_gated"}) events.cost(event) = table.CostOf(event, side, 0);
  const double word = static_cast<double>(format.operand_bits) * config.lanes;
  events.cost("filter_spad_rd") = table.CostOf("filter_spad_rd", format.operand_bits, spad_bytes);
  events.cost("filter_spad_wr") = table.CostOf("filter_spad_wr", word, spad_bytes);
  events.cost("flt_deliver") = table.CostOf("flt_deliver", word, 0);
  events.cost("flt_bus") = table.CostOf("flt_bus", word * config.rows, 0);
  // Indices become weights in front of the filter bus: one look at the codebook for each weight of a beat.
  if (format.codebook_entries > 0) {
    const double book_bytes = format.codebook_entries * format.operand_bits / 8.0;
    events.cost("flt_bus") += config.rows * config.lanes *
                              table.CostOf("filter_spad_rd", format.operand_bits, book_bytes);
  }
  QuantizationFigures figures;
  figures.weight_bytes = filters.weights * format.stored_bits / 8 + codebook;
  figures.dram_bytes = DramBytes(layer) + events.count("dram_rd_fl") - before;
  figures.energy = events.energy();
  return figures;
}

}  // namespace

std::vector<QuantizationLayer> QuantizationOf(const MeasuredWorkload& measured, const EnergyTable& table) {
  std::vector<QuantizationLayer> layers;
  const WholeLayers whole(measured.program);
  for (const LayerResult& result : measured.result.layers) {
    const Step& step = measured.program.plan.steps[static_cast<size_t>(result.step)];
    QuantizationLayer layer;
    layer.name = step.name;
    for (size_t f = 0; f < kWeightFormatCount; ++f)
      layer.formats[f] = FiguresOf(kWeightFormats[f], whole.Of(result.step), measured.program.config, table, result);
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace weft
