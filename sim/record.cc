// SPDX-License-Identifier: Apache-2.0
#include "sim/record.h"

#include <fmt/format.h>

#include <initializer_list>

#include "compiler/mapping_cap.h"
#include "compiler/mapping_json.h"
#include "compiler/mapping_value.h"
#include "sim/record_bounds.h"
#include "sim/record_energy.h"
#include "sim/sha256.h"
#include "weft_version.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Sum of those of the events that are counted.
int64_t Sum(const Config& config, const LayerResult& layer, std::initializer_list<int> events) {
  int64_t sum = 0;
  for (int e : events)
    if (Counts(config, e)) sum += layer.events[static_cast<size_t>(e)];
  return sum;
}

double Utilization(const Config& config, int64_t macs, int64_t cycles) {
  const double slots = static_cast<double>(config.multipliers()) * static_cast<double>(cycles);
  return slots > 0 ? static_cast<double>(macs) / slots : 0;
}

Json EventsJson(const Config& config, const LayerResult& layer) {
  if (!layer.has_record) return nullptr;
  Json json;
  for (int e = 0; e < spec::kEventCount; ++e) {
    const size_t i = static_cast<size_t>(e);
    json[spec::kEvents[i].name] = Counts(config, e) ? Json(layer.events[i]) : Json(nullptr);
  }
  return json;
}

// CounterSet: small has no classes.
Json StallsJson(const Config& config, const LayerResult& layer) {
  if (!layer.has_record || config.counter_small) return nullptr;
  Json json;
  for (size_t e = 0; e < spec::kEngineCount; ++e)
    for (size_t c = 0; c < spec::kClassCount; ++c)
      json[spec::kEngineNames[e]][spec::kClassNames[c]] = layer.classes[e * spec::kClassCount + c];
  return json;
}

// Several array layers can make one layer of the model: the numbers are the first one's, of a pair
// both layers'.
Json MappingJson(const Program& program, int step) {
  const size_t s = static_cast<size_t>(step);
  if (s >= program.mappings.size() || program.mappings[s].empty()) return nullptr;
  const std::vector<ArrayLayer>& layers = program.plan.steps[s].layers;
  Json json;
  json["array_layers"] = program.mappings[s].size();
  json.update(MappingToJson(program.mappings[s][0], false));
  PutDrawing(layers[0], program.mappings[s][0], &json);
  if (program.mappings[s][0].paired()) {
    json["second"] = MappingToJson(program.mappings[s][1], false);
    PutDrawing(layers[1], program.mappings[s][1], &json["second"]);
  }
  return json;
}

void PutNumbers(const LayerNumbers& n, Json* json) {
  (*json)["cycles"] = OrNull(n.cycles);
  (*json)["macs"] = n.macs;
  (*json)["macs_padded"] = n.macs_padded;
  (*json)["effectual_macs"] = OrNull(n.effectual_macs);
  (*json)["utilization"] = OrNull(n.utilization);
}

Json LayerJson(const Program& program, const LayerResult& layer, int batch, const EnergyRecord& energy,
               const WholeLayers& layers, bool caps) {
  const Step& step = program.plan.steps[static_cast<size_t>(layer.step)];
  const LayerNumbers n = NumbersOf(program, layer, batch);
  Json json;
  json["index"] = layer.step;
  json["name"] = step.name;
  json["op"] = step.op;
  json["on"] = step.on_accelerator ? "accelerator" : "host";
  PutNumbers(n, &json);
  json["zero_fraction"] = OrNull(n.zero_fraction);
  json["dram_read_bytes"] = OrNull(n.dram_read_bytes);
  json["dram_write_bytes"] = OrNull(n.dram_write_bytes);
  json["events"] = EventsJson(program.config, layer);
  json["stalls"] = StallsJson(program.config, layer);
  const std::optional<LayerEnergy> joules = energy.Of(layer);
  energy.Put(joules, n, &json);
  json["energy_events"] = joules ? energy.Events(layer, *joules) : Json(nullptr);
  json["cap"] = caps ? CapJson(program, layer.step, n, batch) : Json(nullptr);
  json["traffic"] = TrafficJson(program, layers, layer.step, batch);
  json["mapping"] = MappingJson(program, layer.step);
  return json;
}

// Every field, as a configuration file has it.
Json ConfigJson(const Config& config) {
  Json json;
  for (const auto& [field, value] : config.Fields()) json[field] = value;
  json["CounterSet"] = config.counter_small ? "small" : "full";
  return json;
}

Json StatusJson(const Fault& fault) {
  Json json = {{"fault", nullptr}, {"address", nullptr}};
  if (fault.code == 0) return json;
  json["fault"] = fault.text;
  for (const spec::Fault& known : spec::kFaults)
    if (known.code == fault.code) json["fault"] = known.name;
  json["address"] = fault.address;
  return json;
}

Json TotalsJson(const RunInfo& info, const Program& program, const RunResult& result, const EnergyRecord& energy) {
  const LayerNumbers n = TotalNumbers(program, result);
  const std::optional<LayerEnergy> joules = energy.Total(result);
  Json json;
  PutNumbers(n, &json);
  json["energy_uj"] = joules ? Json(static_cast<double>(joules->total_pj) / 1e6) : Json(nullptr);
  energy.Put(joules, n, &json);
  json["dram_read_bytes"] = OrNull(n.dram_read_bytes);
  json["dram_write_bytes"] = OrNull(n.dram_write_bytes);
  json["wall_seconds"] = result.wall_seconds;
  json["compile_seconds"] = OrNull(info.compile_seconds);
  json["sim_build_seconds"] = OrNull(info.sim_build_seconds);
  json["host_seconds"] = OrNull(result.host_seconds);
  return json;
}

Json OutputsJson(const Program& program, const RunResult& result) {
  Json list = Json::array();
  for (size_t i = 0; i < result.outputs.size(); ++i) {
    const Tensor& t = program.graph.tensor(result.output_tensors[i]);
    std::vector<int> shape = t.shape;
    if (result.batch > 1) shape.insert(shape.begin(), result.batch);
    list.push_back({{"name", t.name},
                    {"shape", shape},
                    {"dtype", DTypeName(t.dtype)},
                    {"sha256", Sha256().Update(result.outputs[i]).Hex()}});
  }
  return list;
}

}  // namespace

bool Counts(const Config& config, int event) {
  return !config.counter_small || spec::kEvents[static_cast<size_t>(event)].small;
}

LayerNumbers NumbersOf(const Program& program, const LayerResult& layer, int batch) {
  const Step& step = program.plan.steps[static_cast<size_t>(layer.step)];
  const Config& config = program.config;
  LayerNumbers n;
  n.macs = step.macs.macs * batch;
  n.macs_padded = step.macs.macs_padded * batch;
  if (!layer.has_record) return n;
  n.accelerated_macs = n.macs;
  n.cycles = layer.cycles;
  n.effectual_macs = Sum(config, layer, {spec::kEvMac, spec::kEvMacGated});
  if (program.options.slice_tiles == 0) n.utilization = Utilization(config, n.macs, layer.cycles);
  n.dram_read_bytes =
      Sum(config, layer, {spec::kEvDramRdCmd, spec::kEvDramRdFl, spec::kEvDramRdIl});
  n.dram_write_bytes = Sum(config, layer, {spec::kEvDramWrSt, spec::kEvDramWrRec});
  const int64_t values = Sum(config, layer, {spec::kEvActValues});
  if (values > 0) {
    const double nonzero = static_cast<double>(Sum(config, layer, {spec::kEvActBus}));
    n.zero_fraction = 1 - nonzero / static_cast<double>(values);
  }
  return n;
}

LayerNumbers TotalNumbers(const Program& program, const RunResult& result) {
  LayerNumbers total;
  const auto add = [](const std::optional<int64_t>& from, std::optional<int64_t>* to) {
    if (from) *to = to->value_or(0) + *from;
  };
  for (const LayerResult& layer : result.layers) {
    const LayerNumbers n = NumbersOf(program, layer, result.batch);
    total.macs += n.macs;
    total.macs_padded += n.macs_padded;
    if (layer.has_record) total.accelerated_macs += n.macs;
    add(n.cycles, &total.cycles);
    add(n.effectual_macs, &total.effectual_macs);
    add(n.dram_read_bytes, &total.dram_read_bytes);
    add(n.dram_write_bytes, &total.dram_write_bytes);
  }
  if (total.cycles && program.options.slice_tiles == 0)
    total.utilization = Utilization(program.config, total.accelerated_macs, *total.cycles);
  return total;
}

std::string ConfigSha256(const Config& config) {
  Config unnamed = config;
  unnamed.name.clear();
  return Sha256().Update(unnamed.ToYaml()).Hex();
}

Json MakeRecord(const RunInfo& info, const Program& program, const RunResult& result) {
  const EnergyRecord energy(info.energy, program.config);
  Json json;
  json["schema"] = kSchema;
  json["weft"] = kVersion;
  json["command"] = info.command;
  json["model"] = info.model;
  json["model_sha256"] = Sha256().Update(program.model_bytes).Hex();
  json["config"] = program.config.name;
  json["config_sha256"] = ConfigSha256(program.config);
  json["config_fields"] = ConfigJson(program.config);
  json["rtl_sha256"] = TextOrNull(info.rtl_sha256);
  json["engine"] = info.engine;
  json["memory"] = info.memory;
  json["energy_table"] = info.energy.name;
  json["energy"] = energy.Table();
  json["objective"] = ObjectiveName(program.options.objective);
  json["seed"] = info.seed;
  json["batch"] = result.batch;
  json["slice_tiles"] = program.options.slice_tiles > 0 ? Json(program.options.slice_tiles) : Json(nullptr);
  json["clock_mhz"] = program.config.clock_mhz;
  json["status"] = StatusJson(result.fault);
  json["totals"] = TotalsJson(info, program, result, energy);
  const WholeLayers layers(program);
  const bool caps = info.memory == fmt::format("{},{}", kCapMemoryBytes, kCapMemoryLatency);
  json["layers"] = Json::array();
  for (const LayerResult& layer : result.layers)
    json["layers"].push_back(LayerJson(program, layer, result.batch, energy, layers, caps));
  json["outputs"] = OutputsJson(program, result);
  return json;
}

}  // namespace weft
