// SPDX-License-Identifier: Apache-2.0
#include "sim/report/layer.h"

#include <fmt/format.h>

namespace weft::report {
namespace {

constexpr int64_t kMostPart = 1 << 16;

void ReadClasses(const Field& array, Layer* layer) {
  if (!array.known()) return;
  std::array<int64_t, spec::kClassCount> classes;
  for (size_t c = 0; c < spec::kClassCount; ++c) classes[c] = array[spec::kClassNames[c]].NeedWhole();
  layer->array_cycles = classes;
}

// What an energy is made of must be all of it.
void ReadEvents(const Field& events, Layer* layer) {
  if (!events.known()) return;
  int64_t sum = 0;
  if (events.NeedList().size() > kMostLayers) events.Fail(fmt::format("at most {} are possible", kMostLayers));
  for (size_t i = 0; i < events.size(); ++i) {
    const Field event = events[i];
    event.NeedObject();
    layer->events.push_back({event["event"].NeedText(), event["count"].NeedWhole(), event["pj"].NeedWhole()});
    sum += layer->events.back().pj;
  }
  if (layer->total_pj != sum) events.Fail(fmt::format("their sum, {} pJ, is not energy_pj.total", sum));
}

Drawing ReadDrawing(const Field& mapping, const Field& block) {
  Drawing d;
  const std::pair<const char*, int64_t*> numbers[] = {{"segs", &d.segs},
                                                      {"seg_rows", &d.seg_rows},
                                                      {"fgs", &d.fgs},
                                                      {"total_fgs", &d.total_fgs},
                                                      {"positions", &d.positions},
                                                      {"sets", &d.sets},
                                                      {"taps", &d.taps},
                                                      {"p", &d.p},
                                                      {"row_blocks", &d.row_blocks},
                                                      {"units", &d.units}};
  for (const auto& [name, to] : numbers) {
    *to = mapping[name].NeedWhole();
    if (*to < 1 || *to > kMostPart) mapping[name].Fail(fmt::format("1 to {} are needed", kMostPart));
  }
  d.spread = mapping["spread"].NeedWhole() != 0;
  d.depthwise = mapping["depthwise"].Whole().value_or(0) != 0;
  for (size_t i = 0; i < block.NeedList().size(); ++i) {
    const Field entry = block[i];
    if (entry.NeedList().size() != 4) entry.Fail("four numbers are needed: channel, count, r, s");
    d.entries.push_back({entry[0].NeedWhole(), entry[1].NeedWhole(), entry[2].NeedWhole(), entry[3].NeedWhole()});
  }
  return d;
}

}  // namespace

void ReadNumbers(const Field& field, Layer* layer) {
  layer->cycles = field["cycles"].Whole();
  layer->macs = field["macs"].NeedWhole();
  layer->macs_padded = field["macs_padded"].Whole();
  layer->effectual_macs = field["effectual_macs"].Whole();
  layer->utilization = field["utilization"].Real();
  layer->dram_read_bytes = field["dram_read_bytes"].Whole();
  layer->dram_write_bytes = field["dram_write_bytes"].Whole();
  layer->average_power_mw = field["average_power_mw"].Real();
  layer->pj_per_mac = field["pj_per_mac"].Real();
  layer->pj_per_effectual_mac = field["pj_per_effectual_mac"].Real();
}

void ReadEnergy(const Field& energy, Layer* layer) {
  if (!energy.known()) return;
  std::array<int64_t, kEnergyComponents> parts;
  int64_t sum = 0;
  for (size_t c = 0; c < kEnergyComponents; ++c) sum += parts[c] = energy[kEnergyComponentNames[c]].NeedWhole();
  const Field total = energy["total"];
  if (total.NeedWhole() != sum)
    total.Fail(fmt::format("{} is not the sum of the components, {}", total.NeedWhole(), sum));
  layer->component_pj = parts;
  layer->total_pj = sum;
}

Layer ReadLayer(const Field& field) {
  Layer layer;
  layer.index = field.NeedObject()["index"].NeedWhole();
  layer.name = field["name"].NeedText();
  layer.op = field["op"].NeedText();
  layer.on = field["on"].NeedText();
  ReadNumbers(field, &layer);
  layer.zero_fraction = field["zero_fraction"].Real();
  ReadClasses(field["stalls"]["array"], &layer);
  ReadEnergy(field["energy_pj"], &layer);
  ReadEvents(field["energy_events"], &layer);
  layer.cap_cycles = field["cap"]["cycles"].Real();
  layer.cap_set_by = field["cap"]["set_by"].Text().value_or("");
  const Field traffic = field["traffic"];
  layer.compulsory_bytes = traffic["compulsory_bytes"].Whole();
  layer.bound_bytes = traffic["bound_bytes"].Whole();
  layer.best_tiling_bytes = traffic["best_tiling_bytes"].Whole();
  const Field mapping = field["mapping"];
  if (!mapping.known()) return layer;
  layer.mapping = &mapping.NeedObject().json();
  for (const char* name : kMappingNumbers)
    if (const std::optional<int64_t> number = mapping[name].Whole()) layer.mapping_numbers[name] = *number;
  for (const Field& one : {mapping, mapping["second"]})
    if (one["first_block"].known()) layer.drawings.push_back(ReadDrawing(one, one["first_block"]));
  return layer;
}

}  // namespace weft::report
