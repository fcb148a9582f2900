// SPDX-License-Identifier: Apache-2.0
#include "sim/report/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "sim/report/layer.h"

namespace weft::report {
namespace {

constexpr int64_t kSchema = 1;
constexpr int64_t kMostSide = 1024;  // rows and columns of an array that can be drawn

template <typename T>
void Add(const std::optional<T>& from, std::optional<T>* to) {
  if (from) *to = to->value_or(0) + *from;
}

// A sum over all layers on the accelerator; over some of them it would look too small.
template <typename T>
std::optional<T> CompleteSum(const std::vector<Layer>& layers, std::optional<T> Layer::*member) {
  std::optional<T> sum;
  for (const Layer& layer : layers) {
    if (layer.on != "host" && !(layer.*member)) return std::nullopt;
    Add(layer.*member, &sum);
  }
  return sum;
}

// By name, in the order in which they come.
void AddEvents(const std::vector<EventEnergy>& events, std::vector<EventEnergy>* sums) {
  for (const EventEnergy& one : events) {
    const auto same = [&one](const EventEnergy& sum) { return sum.event == one.event; };
    auto at = std::find_if(sums->begin(), sums->end(), same);
    if (at == sums->end()) at = sums->insert(at, {one.event});
    at->count += one.count;
    at->pj += one.pj;
  }
}

// Sums that the record has no totals of.
void AddUp(const std::vector<Layer>& layers, Layer* total) {
  total->cap_cycles = CompleteSum(layers, &Layer::cap_cycles);
  total->compulsory_bytes = CompleteSum(layers, &Layer::compulsory_bytes);
  total->bound_bytes = CompleteSum(layers, &Layer::bound_bytes);
  total->best_tiling_bytes = CompleteSum(layers, &Layer::best_tiling_bytes);
  for (const Layer& layer : layers) AddEvents(layer.events, &total->events);
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

// Of a run of the first tiles only: the record tells the MACs of whole layers.
void ForgetMacs(Layer* layer) {
  layer->macs = layer->macs_padded = std::nullopt;
  layer->pj_per_mac = std::nullopt;
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
  const std::optional<int64_t> port = config["MemBytes"].Whole();
  if (bytes > 0) run.memory_bytes_a_cycle = std::min<int64_t>(bytes, port.value_or(bytes));
  const Field layers = record["layers"].NeedList();
  if (layers.size() > kMostLayers) layers.Fail(fmt::format("at most {} are possible", kMostLayers));
  for (size_t i = 0; i < layers.size(); ++i) run.layers.push_back(ReadLayer(layers[i]));
  const Field costs = record["energy"]["costs"];
  for (size_t i = 0; costs.known() && i < costs.NeedList().size(); ++i) costs[i].NeedObject()["event"].NeedText();
  const Field totals = record["totals"].NeedObject();
  ReadNumbers(totals, &run.total);
  run.total.name = "total";
  AddUp(run.layers, &run.total);
  CheckTotals(totals, run.total);
  if (record["slice_tiles"].known()) {
    for (Layer& layer : run.layers) ForgetMacs(&layer);
    ForgetMacs(&run.total);
  }
  return run;
}

}  // namespace weft::report
