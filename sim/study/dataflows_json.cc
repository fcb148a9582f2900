// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "sim/study/dataflows.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

Json LevelsJson(const LevelEnergy& energy) {
  return {{"dram", energy.dram}, {"glb", energy.glb}, {"array", energy.array}, {"rf", energy.rf}};
}

Json EnergyJson(const DataflowEnergy& energy) {
  Json json = {{"total", energy.total()}, {"mac", energy.mac}};
  json.update(LevelsJson(energy.levels()));
  json["ifmap"] = LevelsJson(energy.ifmap);
  json["filter"] = LevelsJson(energy.filter);
  json["psum"] = LevelsJson(energy.psum);
  return json;
}

Json ReuseJson(const ReuseSplit& reuse) {
  return {{"values", reuse.values}, {"a", reuse.a}, {"b", reuse.b}, {"c", reuse.c}, {"d", reuse.d},
          {"by_glb", reuse.by_glb}, {"by_array", reuse.by_array}};
}

Json TileJson(const DataflowTile& tile) {
  return {{"n", tile.n}, {"m", tile.m}, {"e", tile.e}, {"q", tile.q}, {"p", tile.p}, {"r", tile.r},
          {"t", tile.t}, {"s", tile.s}, {"w", tile.w}, {"ifmaps_stay", tile.ifmaps_stay}};
}

Json LayerJson(const LayerPoint& layer) {
  Json json = {{"name", layer.name}, {"possible", layer.mapping.has_value()}};
  if (!layer.mapping) return json;
  json["macs"] = layer.mapping->macs;
  json["cycles"] = layer.mapping->cycles;
  json["dram_words"] = layer.mapping->dram_words();
  json["energy"] = EnergyJson(layer.energy);
  json["tile"] = TileJson(layer.mapping->tile);
  json["reuse"] = {{"ifmap", ReuseJson(layer.mapping->ifmap)},
                   {"filter", ReuseJson(layer.mapping->filter)},
                   {"psum", ReuseJson(layer.mapping->psum)}};
  return json;
}

Json PointJson(const DataflowStudy& study, const DataflowPoint& point) {
  Json json = {{"layers_of", point.fc ? "fc" : "conv"}, {"pes", point.pes}, {"batch", point.batch},
               {"dataflow", DataflowKey(point.dataflow)}, {"possible", point.Impossible() == nullptr}};
  if (!point.Impossible()) {
    json["macs"] = point.macs;
    json["energy"] = EnergyJson(point.energy);
    json["energy_per_mac"] = point.PerOp();
    json["times_rs"] = study.TimesRs(point);
    json["dram_words_per_mac"] = point.dram_words / point.macs;
    json["active_pes"] = point.ActivePes();
    json["energy_delay"] = study.EnergyDelay(point);
    if (const LevelEnergy* published = study.data.Published(point.fc, point.pes, point.batch, point.dataflow)) {
      json["published_per_mac"] = LevelsJson(*published);
      json["published_per_mac"]["total"] = study.data.costs.mac + published->total();
    }
  }
  for (const LayerPoint& layer : point.layers) json["layers"].push_back(LayerJson(layer));
  return json;
}

}  // namespace

Json DataflowJson(const DataflowStudy& study) {
  const DataflowStudyData& data = study.data;
  Json json = {{"study", "dataflows"},
               {"source", "Chen, Emer, Sze, ISCA 2016"},
               {"costs", {{"mac", data.costs.mac}, {"rf", data.costs.rf}, {"array", data.costs.array},
                          {"glb", data.costs.glb}, {"dram", data.costs.dram}}}};
  for (const ClaimCheck& check : CheckClaims(study))
    json["claims"].push_back({{"claim", check.claim}, {"found", check.found}, {"holds", check.holds},
                              {"to_one_digit_only", check.rounded}});
  for (const int pes : data.pes) {
    for (const Dataflow dataflow : kDataflows) {
      const DataflowHardware hardware = data.Hardware(dataflow, pes);
      json["storage"].push_back({{"dataflow", DataflowKey(dataflow)}, {"pes", pes}, {"rf_words", hardware.rf_words},
                                 {"glb_words", hardware.glb_words}});
    }
  }
  for (const LayerCheck& check : CheckRsLayers(study)) {
    Json row = {{"layer", check.layer}, {"component", check.component}, {"ours", check.ours}, {"figure", check.bar},
                {"figure_error", check.BarError()}, {"constant", nullptr}, {"constant_error", nullptr},
                {"explanation", check.explanation}, {"ok", check.ok}};
    if (check.constant) {
      row["constant"] = *check.constant;
      row["constant_error"] = check.ConstantError();
    }
    json["rs_layers"].push_back(std::move(row));
  }
  for (const DataflowPoint& point : study.points) json["points"].push_back(PointJson(study, point));
  for (const DataflowPoint& point : study.ifmaps_stay) json["ifmaps_stay"].push_back(PointJson(study, point));
  for (const DataflowPoint& point : study.free_psums) json["free_psums"].push_back(PointJson(study, point));
  return json;
}

}  // namespace weft
