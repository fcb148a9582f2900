// SPDX-License-Identifier: Apache-2.0
#include "sim/map_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/mapping_json.h"
#include "compiler/mapping_value.h"
#include "compiler/reference.h"
#include "model/error.h"
#include "sim/device_runner.h"
#include "sim/progress.h"
#include "sim/systemc_device.h"

namespace weft {
namespace {

struct Part {
  const char* name;
  double chosen, other;
};

std::vector<Part> CycleParts(const Cost& a, const Cost& b) {
  const auto gaps = [](const Cost& c) { return std::max(0.0, c.array - c.steps * c.step.most()); };
  const auto wait = [](const Cost& c) { return std::max(0.0, c.cycles - c.startup - c.tail - c.array - c.restarts); };
  return {{"multipliers", a.steps * a.step.mac, b.steps * b.step.mac},
          {"ifmap bus", a.steps * a.step.bus, b.steps * b.step.bus},
          {"collector", a.steps * a.step.collect, b.steps * b.step.collect},
          {"passes and filter loads", gaps(a), gaps(b)},
          {"DRAM", wait(a), wait(b)},
          {"ring restarts", a.restarts, b.restarts},
          {"first loads and last store", a.startup + a.tail, b.startup + b.tail}};
}

std::vector<Part> EnergyParts(const EnergyCounts& a, const EnergyCounts& b) {
  return {{"energy of multipliers", a.macs * EnergyCounts::kMac, b.macs * EnergyCounts::kMac},
          {"energy of spads", a.spad * EnergyCounts::kSpad, b.spad * EnergyCounts::kSpad},
          {"energy of the array's buses", a.array * EnergyCounts::kArray, b.array * EnergyCounts::kArray},
          {"energy of the GLB", a.glb * EnergyCounts::kGlb, b.glb * EnergyCounts::kGlb},
          {"energy of DRAM", a.dram * EnergyCounts::kDram, b.dram * EnergyCounts::kDram}};
}

// Of the steps' resources only the largest counts: where another mapping's largest is no more than ours, none does.
void DropHidden(const Cost& chosen, std::vector<Part>* parts) {
  const double most = chosen.steps * std::max({chosen.step.mac, chosen.step.bus, chosen.step.collect});
  for (size_t i = 0; i < 3; ++i) (*parts)[i].chosen = std::max((*parts)[i].chosen, most);
}

double Share(double part, double all) { return all > 0 ? part / all : 0; }

bool SameWay(const Mapping& a, const Mapping& b) {
  return a.q == b.q && a.taps == b.taps && a.p == b.p && a.segs == b.segs && a.fgs == b.fgs && a.sets == b.sets &&
         a.spread == b.spread;
}

std::vector<TensorData> Slice(const Graph& graph, const std::vector<TensorData>& inputs, int n) {
  std::vector<TensorData> one;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto begin = inputs[i].begin() + graph.tensor(graph.inputs[i]).bytes() * n;
    one.emplace_back(begin, begin + graph.tensor(graph.inputs[i]).bytes());
  }
  return one;
}

void AddResult(const LayerResult& from, LayerResult* to) {
  to->has_record = from.has_record;
  to->saturated |= from.saturated;
  to->cycles += from.cycles;
  to->events.resize(from.events.size());
  to->classes.resize(from.classes.size());
  for (size_t i = 0; i < from.events.size(); ++i) to->events[i] += from.events[i];
  for (size_t i = 0; i < from.classes.size(); ++i) to->classes[i] += from.classes[i];
}

// The cap of what the device has just run: its ifmap is still in memory, but for the tensor between a pair's layers,
// whose bytes are `between`.
void AddCaps(const Program& program, DeviceRunner* device, const TensorData& between, bool first_inference,
             MappedStep* mapped) {
  const Step& step = program.plan.steps[static_cast<size_t>(mapped->step)];
  std::vector<LayerCap> caps;
  for (size_t i = 0; i < step.layers.size(); ++i) {
    const ArrayLayer& layer = step.layers[i];
    TensorData bytes = between;
    if (layer.in.buffer >= 0) {
      bytes.resize(static_cast<size_t>(IfmapSpan(layer)));
      const Buffer& buffer = program.plan.buffers[static_cast<size_t>(layer.in.buffer)];
      device->ReadMemory(buffer.address + layer.in.offset, bytes.data(), bytes.size());
    }
    const TapCounts counts = CountTaps(layer, bytes.data());
    caps.push_back(CapOf(layer, program.config, counts, i == 0));
    if (!first_inference) continue;
    MappedLayer& to = mapped->layers[i];
    to.cap = caps.back();
    to.use = UseInStep(layer, program.config, counts, WayOf(to.chosen.mapping));
  }
  if (step.between_tensor >= 0)
    caps = {CapOfPair(step.layers[0], step.layers[1], program.config, caps[0], caps[1])};
  for (const LayerCap& cap : caps) {
    mapped->cap_cycles += cap.total();
    mapped->in_step_cycles += cap.in_step;
    mapped->ideal_cycles += cap.ideal;
    for (size_t r = 0; r < kResources; ++r) mapped->cap[r] += cap.cycles[r];
  }
}

MappedLayer MapLayer(const ArrayLayer& layer, const Program& program, const Mapping& chosen, size_t rejected) {
  const Objective objective = program.options.objective;
  MappedLayer mapped;
  mapped.chosen = NumbersOfMapping(layer, program.config, chosen, objective);
  mapped.busy = BusyCycles(mapped.chosen.cost);
  if (rejected == 0) return mapped;
  for (const Mapping& m : RankMappings(layer, program.config, rejected + 1, objective))
    if (!SameWay(m, chosen) && mapped.rejected.size() < rejected)
      mapped.rejected.push_back(NumbersOfMapping(layer, program.config, m, objective));
  return mapped;
}

nlohmann::ordered_json ResourcesJson(const ResourceCycles& cycles) {
  nlohmann::ordered_json json;
  for (size_t r = 0; r < kResources; ++r) json[kResourceNames[r]] = cycles[r];
  return json;
}

nlohmann::ordered_json UseJson(const MultiplierUse& u) {
  return {{"units", u.units}, {"rows", u.rows}, {"padding", u.padding}, {"lanes", u.lanes}, {"setups", u.setups}};
}

nlohmann::ordered_json NumbersJson(const MappingNumbers& n) {
  return {{"cycles", n.cost.cycles},
          {"dram_bytes", n.cost.dram_bytes},
          {"energy", {{"mac", n.energy.macs * EnergyCounts::kMac},
                      {"spad", n.energy.spad * EnergyCounts::kSpad},
                      {"array", n.energy.array * EnergyCounts::kArray},
                      {"glb", n.energy.glb * EnergyCounts::kGlb},
                      {"dram", n.energy.dram * EnergyCounts::kDram},
                      {"total", n.energy.total()}}},
          {"value", n.value}};
}

nlohmann::ordered_json LayerJson(const MappedLayer& l, Objective objective) {
  nlohmann::ordered_json json;
  json["mapping"] = MappingToJson(l.chosen.mapping, true);
  json["predicted"] = NumbersJson(l.chosen);
  const Traffic& t = l.chosen.cost.bytes;
  json["traffic"] = {{"ifmap", t.in}, {"filters", t.filters}, {"ofmap", t.out}, {"residual", t.residual}};
  json["busy"] = ResourcesJson(l.busy);
  json["multipliers_used"] = UseJson(l.use);
  json["cap"] = {{"cycles", l.cap.total()},
                 {"latency", l.cap.latency},
                 {"set_by", kResourceNames[l.cap.sets()]},
                 {"bounds", ResourcesJson(l.cap.cycles)},
                 {"effectual_macs", l.cap.effectual_macs},
                 {"ideal_cycles", l.cap.ideal},
                 {"in_step_cycles", l.cap.in_step},
                 {"multipliers_used", UseJson(l.cap.use)},
                 {"way", {{"q", l.cap.way.q}, {"taps", l.cap.way.taps}, {"p", l.cap.way.p}, {"segs", l.cap.way.segs},
                          {"fgs", l.cap.way.fgs}, {"positions", l.cap.way.positions}}}};
  json["rejected"] = nlohmann::ordered_json::array();
  for (const MappingNumbers& other : l.rejected) {
    nlohmann::ordered_json one = NumbersJson(other);
    one["why"] = WhyWorse(l.chosen, other, objective);
    one["mapping"] = MappingToJson(other.mapping, false);
    json["rejected"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

MappingNumbers NumbersOfMapping(const ArrayLayer& layer, const Config& config, const Mapping& mapping,
                                Objective objective) {
  const ArrayWay way = WayOf(mapping);
  MappingNumbers n;
  n.mapping = mapping;
  n.cost = CostOf(layer, config, mapping);
  n.energy = EnergyModel(layer, config).Estimate(way, mapping, n.cost);
  n.value = MappingValue(layer, config, objective).Of(way, mapping, n.cost);
  return n;
}

std::string WhyWorse(const MappingNumbers& chosen, const MappingNumbers& other, Objective objective) {
  const double cycles = Share(other.cost.cycles - chosen.cost.cycles, chosen.cost.cycles);
  const double energy = Share(other.energy.total() - chosen.energy.total(), chosen.energy.total());
  const bool by_energy = objective == Objective::kEnergy || (objective == Objective::kProduct && energy > cycles);
  std::vector<Part> parts;
  double whole = chosen.cost.cycles;
  if (by_energy) {
    parts = EnergyParts(chosen.energy, other.energy);
    whole = chosen.energy.total();
  } else {
    parts = CycleParts(chosen.cost, other.cost);
    DropHidden(chosen.cost, &parts);
    if (objective == Objective::kCycles) {
      whole = chosen.value;
      parts.push_back({"DRAM bytes", chosen.value - chosen.cost.cycles, other.value - other.cost.cycles});
    }
  }
  const auto more = [](const Part& p) { return p.other - p.chosen; };
  const Part& worst = *std::max_element(parts.begin(), parts.end(),
                                        [&](const Part& a, const Part& b) { return more(a) < more(b); });
  if (other.value < chosen.value) return "better by estimate, worse on the exact model";
  if (more(worst) <= 0) return "as good; the other comes first";
  return fmt::format("{} +{:.1f} %", worst.name, 100 * Share(more(worst), whole));
}

std::vector<MappedStep> MapSteps(const Program& program, const std::vector<TensorData>& inputs, int first, int last,
                                 const MapOptions& options) {
  std::vector<MappedStep> steps;
  DeviceOptions device_options;
  device_options.seed = options.seed;
  DeviceRunner device(program, MakeSystemcDevice(program.config, program.window_bytes, device_options));
  const ProgressBar bar(!options.quiet);
  for (int s = first; s <= last; ++s) {
    const Step& step = program.plan.steps[static_cast<size_t>(s)];
    MappedStep mapped;
    mapped.step = s;
    mapped.measured.step = s;
    if (step.on_accelerator) {
      for (size_t i = 0; i < step.layers.size(); ++i)
        mapped.layers.push_back(
            MapLayer(step.layers[i], program, program.mappings[static_cast<size_t>(s)][i], options.rejected));
      for (const MappedLayer& layer : mapped.layers) {
        // The first mapping of a pair has both layers' cycles.
        const bool pair = step.between_tensor >= 0, first_layer = &layer == &mapped.layers[0];
        const double cycles = !pair ? layer.chosen.cost.cycles
                                    : first_layer ? static_cast<double>(layer.chosen.mapping.cycles) : 0;
        mapped.predicted_cycles += options.batch * cycles;
        mapped.predicted_dram_bytes += options.batch * layer.chosen.cost.dram_bytes;
        for (size_t r = 0; r < kResources; ++r) mapped.busy[r] += options.batch * layer.busy[r];
      }
      for (int n = 0; n < options.batch; ++n) {
        RunOptions run;
        run.layers = std::make_pair(s, s);
        const std::vector<TensorData> one = Slice(program.graph, inputs, n);
        const RunResult result = RunOnDevice(program, &device, one, run);
        if (result.fault.code != 0) throw Error(result.fault_line, ExitStatus::kDevice);
        AddResult(result.layers[0], &mapped.measured);
        TensorData between;
        if (step.between_tensor >= 0)
          between = RunReference(program.graph, one)[static_cast<size_t>(step.between_tensor)];
        AddCaps(program, &device, between, n == 0, &mapped);
      }
    }
    mapped.numbers = NumbersOf(program, mapped.measured, options.batch);
    steps.push_back(std::move(mapped));
    bar.Show(s - first + 1, last - first + 1);
  }
  return steps;
}

nlohmann::ordered_json MapJson(const Program& program, const std::vector<MappedStep>& steps) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const MappedStep& s : steps) {
    const Step& step = program.plan.steps[static_cast<size_t>(s.step)];
    nlohmann::ordered_json json = {{"index", s.step},
                                   {"name", step.name},
                                   {"op", step.op},
                                   {"on", step.on_accelerator ? "accelerator" : "host"}};
    if (step.on_accelerator) {
      json["macs"] = s.numbers.macs;
      json["macs_padded"] = s.numbers.macs_padded;
      json["cycles"] = s.measured.cycles;
      json["predicted_cycles"] = s.predicted_cycles;
      json["utilization"] = *s.numbers.utilization;
      json["dram_bytes"] = s.numbers.dram_read_bytes.value_or(0) + s.numbers.dram_write_bytes.value_or(0);
      json["predicted_dram_bytes"] = s.predicted_dram_bytes;
      json["cap_cycles"] = s.cap_cycles;
      json["in_step_cycles"] = s.in_step_cycles;
      json["ideal_cycles"] = s.ideal_cycles;
      json["cap_set_by"] = kResourceNames[Busiest(s.cap)];
      json["cap_bounds"] = ResourcesJson(s.cap);
      json["busy"] = ResourcesJson(s.busy);
      json["array_layers"] = nlohmann::ordered_json::array();
      for (const MappedLayer& l : s.layers) json["array_layers"].push_back(LayerJson(l, program.options.objective));
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace weft
