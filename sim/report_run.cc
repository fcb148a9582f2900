// SPDX-License-Identifier: Apache-2.0
#include "sim/report_run.h"

#include <fmt/format.h>

#include <cstdlib>

#include "sim/report_field.h"

namespace weft::report {
namespace {

constexpr int64_t kSchema = 1;
constexpr int64_t kMostSide = 1024;  // rows and columns of an array that can be drawn
constexpr int64_t kMostPart = 1 << 30;

template <typename T>
void Add(const std::optional<T>& from, std::optional<T>* to) {
  if (from) *to = to->value_or(0) + *from;
}

// A sum over all layers that took cycles; over some of them it would look too small.
template <typename T>
std::optional<T> CompleteSum(const std::vector<Layer>& layers, std::optional<T> Layer::*member) {
  std::optional<T> sum;
  for (const Layer& layer : layers) {
    if (layer.cycles && !(layer.*member)) return std::nullopt;
    Add(layer.*member, &sum);
  }
  return sum;
}

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

void ReadClasses(const Field& array, Layer* layer) {
  if (!array.known()) return;
  std::array<int64_t, spec::kClassCount> classes;
  for (size_t c = 0; c < spec::kClassCount; ++c) classes[c] = array[spec::kClassNames[c]].NeedWhole();
  layer->array_cycles = classes;
}

Drawing ReadDrawing(const Field& mapping, const Field& block) {
  Drawing d;
  const std::pair<const char*, int64_t*> numbers[] = {
      {"segs", &d.segs}, {"seg_rows", &d.seg_rows}, {"fgs", &d.fgs}, {"total_fgs", &d.total_fgs},
      {"positions", &d.positions}, {"sets", &d.sets}, {"taps", &d.taps}, {"p", &d.p},
      {"row_blocks", &d.row_blocks}, {"units", &d.units}};
  for (const auto& [name, to] : numbers) {
    *to = mapping[name].NeedWhole();
    if (*to < 1 || *to > kMostPart) mapping[name].Fail(fmt::format("1 to {} are needed", kMostPart));
  }
  d.spread = mapping["spread"].NeedWhole() != 0;
  d.depthwise = mapping["depthwise"].Whole().value_or(0) != 0;
  for (size_t i = 0; i < block.NeedList().size(); ++i) {
    const Field entry = block[i];
    if (entry.NeedList().size() != 4) entry.Fail("four numbers are needed: channel, count, r, s");
    d.entries.push_back(
        {entry[0].NeedWhole(), entry[1].NeedWhole(), entry[2].NeedWhole(), entry[3].NeedWhole()});
  }
  return d;
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
  layer.cap_cycles = field["cap"]["cycles"].Real();
  layer.cap_set_by = field["cap"]["set_by"].Text().value_or("");
  const Field traffic = field["traffic"];
  layer.compulsory_bytes = traffic["compulsory_bytes"].Whole();
  layer.bound_bytes = traffic["bound_bytes"].Whole();
  layer.best_tiling_bytes = traffic["best_tiling_bytes"].Whole();
  const Field mapping = field["mapping"];
  if (!mapping.known()) return layer;
  layer.mapping = &mapping.NeedObject().json();
  for (const Field& one : {mapping, mapping["second"]})
    if (one["first_block"].known()) layer.drawings.push_back(ReadDrawing(one, one["first_block"]));
  return layer;
}

// Sums that the record has no totals of.
void AddUp(const std::vector<Layer>& layers, Layer* total) {
  total->cap_cycles = CompleteSum(layers, &Layer::cap_cycles);
  total->compulsory_bytes = CompleteSum(layers, &Layer::compulsory_bytes);
  total->bound_bytes = CompleteSum(layers, &Layer::bound_bytes);
  total->best_tiling_bytes = CompleteSum(layers, &Layer::best_tiling_bytes);
  for (const Layer& layer : layers) {
    if (layer.component_pj) {
      if (!total->component_pj) total->component_pj.emplace();
      for (size_t c = 0; c < kEnergyComponents; ++c) (*total->component_pj)[c] += (*layer.component_pj)[c];
    }
    Add(layer.total_pj, &total->total_pj);
    if (!layer.array_cycles) continue;
    if (!total->array_cycles) total->array_cycles.emplace();
    for (size_t c = 0; c < spec::kClassCount; ++c) (*total->array_cycles)[c] += (*layer.array_cycles)[c];
  }
}

// The record's own totals must be those that the page prints.
void CheckTotals(const Field& totals, const Layer& total) {
  Layer told;
  ReadEnergy(totals["energy_pj"], &told);
  if (told.component_pj && told.component_pj != total.component_pj)
    totals["energy_pj"].Fail("the layers' energies have another sum");
}

}  // namespace

std::optional<int64_t> Layer::dram_bytes() const {
  if (!dram_read_bytes || !dram_write_bytes) return std::nullopt;
  return *dram_read_bytes + *dram_write_bytes;
}

std::string Run::Title() const {
  const auto text = [&](const char* name) { return record()[name].get<std::string>(); };
  return fmt::format("{}{} on {}, engine {}, memory {}", label.empty() ? "" : label + ": ", text("model"),
                     text("config"), text("engine"), text("memory"));
}

Run MakeRun(const ReportInput& input) {
  Run run;
  run.input = input;
  const Field record(input.where, &run.input.record);
  if (!record.json().is_object()) record.Fail("it holds no JSON object");
  const Field schema = record["schema"];
  if (schema.NeedWhole() != kSchema)
    schema.Fail(fmt::format("{} is not known; this weft reads {}", schema.NeedWhole(), kSchema));
  for (const char* name : {"weft", "command", "model", "config", "engine", "memory"}) record[name].NeedText();
  run.clock_mhz = record["clock_mhz"].NeedReal();
  const Field config = record["config_fields"];
  run.rows = config["Rows"].Whole();
  run.cols = config["Cols"].Whole();
  for (const char* side : {"Rows", "Cols"})
    if (config[side].Whole().value_or(1) < 1 || config[side].Whole().value_or(1) > kMostSide)
      config[side].Fail(fmt::format("1 to {} are needed", kMostSide));
  const std::optional<int64_t> lanes = config["Lanes"].Whole();
  if (run.rows && run.cols && lanes) run.multipliers = *run.rows * *run.cols * *lanes;
  const long long bytes = std::atoll(record["memory"].NeedText().c_str());
  if (bytes > 0) run.memory_bytes_a_cycle = bytes;
  const Field layers = record["layers"].NeedList();
  for (size_t i = 0; i < layers.size(); ++i) run.layers.push_back(ReadLayer(layers[i]));
  const Field totals = record["totals"].NeedObject();
  ReadNumbers(totals, &run.total);
  run.total.name = "total";
  AddUp(run.layers, &run.total);
  CheckTotals(totals, run.total);
  return run;
}

}  // namespace weft::report
