// SPDX-License-Identifier: Apache-2.0
// Every number of the study, for --json.
#include "sim/study/eyeriss.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

Json OfMapping(const RowStationaryMapping& m) {
  return {{"m", m.m}, {"n", m.n}, {"e", m.e}, {"f", m.f}, {"p", m.p}, {"q", m.q}, {"r", m.r}, {"t", m.t}};
}

Json OfCounts(const RowStationaryCounts& c) {
  return {{"active_pes", c.active_pes},
          {"passes", c.passes},
          {"glb_ifmap_bytes", c.glb_ifmap_bytes},
          {"glb_psum_bytes", c.glb_psum_bytes},
          {"glb_ifmap_reads", c.glb_ifmap_reads},
          {"glb_psum_reads", c.glb_psum_reads},
          {"glb_psum_writes", c.glb_psum_writes},
          {"glb_ifmap_fills", c.glb_ifmap_fills},
          {"glb_filter_reads", c.glb_filter_reads},
          {"glb_filter_writes", c.glb_filter_writes},
          {"dram_filter_words", c.dram_filter},
          {"dram_ifmap_words", c.dram_ifmap},
          {"dram_ofmap_words", c.dram_ofmap},
          {"macs", c.macs},
          {"filter_spad_writes", c.filter_spad_writes},
          {"ifmap_spad_writes", c.ifmap_spad_writes},
          {"array_words", c.array_words},
          {"mac_cycles", c.mac_cycles},
          {"pass_cycles", c.pass_cycles},
          {"ramp_cycles", c.ramp_cycles},
          {"cycles", c.cycles()}};
}

Json OfMeasured(const EyerissMeasured& m) {
  return {{"active_pes", m.pes},      {"glb_mb", m.glb_mb},
          {"dram_mb", m.dram_mb},     {"processing_ms", m.processing_ms},
          {"total_ms", m.total_ms},   {"power_mw", m.power_mw},
          {"zeros_pct", m.zeros_pct}, {"macs_g", m.macs_g}};
}

Json OfEstimate(const EyerissEstimate& e, const EyerissPower& power) {
  return {{"mapping", OfMapping(e.mapping)},
          {"counts", OfCounts(e.counts)},
          {"glb_mb", e.glb_mb},
          {"dram_uncompressed_mb", e.dram_raw_mb},
          {"dram_mb", e.dram_mb},
          {"fmap_uncompressed_mb", e.fmap_raw_mb},
          {"fmap_mb", e.fmap_mb},
          {"mac_ms", e.mac_ms},
          {"processing_ms", e.ms},
          {"energy_mj", {{"mac", e.mac_mj}, {"spad", e.spad_mj}, {"array", e.array_mj}, {"glb", e.glb_mj}}},
          {"power_mw", power.Of(e)}};
}

Json OfAlexnet(const EyerissStudy& s) {
  Json layers = Json::array();
  for (size_t i = 0; i < s.alexnet.layers.size(); ++i) {
    const EyerissLayer& layer = s.alexnet.layers[i];
    Json published = OfMeasured(layer.measured);
    published["rlc_ratio"] = layer.rlc_ratio;
    published["fmap_saving_pct"] = layer.fmap_saving_pct ? Json(*layer.fmap_saving_pct) : Json();
    layers.push_back({{"name", layer.name},
                      {"published", published},
                      {"mapping_published", OfEstimate(s.published[i], s.power)},
                      {"mapping_found", OfEstimate(s.found[i], s.power)},
                      {"power_error", s.power.Of(s.found[i]) / layer.measured.power_mw - 1},
                      {"power_error_left_out", s.left_out_error[i]}});
  }
  return {{"sources", s.alexnet.sources}, {"layers", layers}, {"published_totals", OfMeasured(s.alexnet.totals)}};
}

Json OfVgg(const EyerissStudy& s) {
  Json layers = Json::array();
  for (size_t i = 0; i < s.vgg16.layers.size(); ++i) {
    const EyerissLayer& layer = s.vgg16.layers[i];
    layers.push_back({{"name", layer.name},
                      {"published", OfMeasured(layer.measured)},
                      {"mapping_found", OfEstimate(s.vgg[i], s.power)},
                      {"mapping_inferred", OfEstimate(s.inferred[i], s.power)}});
  }
  return {{"sources", s.vgg16.sources}, {"layers", layers}, {"published_totals", OfMeasured(s.vgg16.totals)}};
}

}  // namespace

nlohmann::ordered_json EyerissJson(const EyerissStudy& s) {
  Json checks = Json::array();
  for (const EyerissCheck& check : s.checks) checks.push_back({{"what", check.what}, {"met", check.met}});
  const EyerissChip& c = s.chip;
  return {{"study", "eyeriss"},
          {"source", c.source},
          {"costs_pj",
           {{"mac", c.mac_pj},
            {"spad", c.spad_pj},
            {"array", c.array_pj},
            {"glb", c.glb_pj},
            {"source", c.cost_source}}},
          {"clock_mhz", c.clock_mhz},
          {"fitted", {{"scale", s.power.scale}, {"clock_mw", s.power.clock_mw}}},
          {"alexnet", OfAlexnet(s)},
          {"vgg16", OfVgg(s)},
          {"checks", checks}};
}

}  // namespace weft
