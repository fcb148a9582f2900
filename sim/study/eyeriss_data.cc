// SPDX-License-Identifier: Apache-2.0
// The published figures, from spec/studies.
#include <fmt/format.h>

#include "model/energy.h"
#include "model/error.h"
#include "sim/study/eyeriss.h"
#include "sim/study/published.h"

namespace weft {
namespace {

template <typename T>
void Get(const YAML::Node& map, const char* field, T* value) {
  try {
    *value = map[field].as<T>();
  } catch (const YAML::Exception&) {
    throw Error(fmt::format("spec/studies: field {} of line {} is missing or wrong", field, map.Mark().line + 1));
  }
}

EyerissMeasured Measured(const YAML::Node& node) {
  EyerissMeasured m;
  Get(node, "power_mw", &m.power_mw);
  Get(node, "total_ms", &m.total_ms);
  Get(node, "processing_ms", &m.processing_ms);
  Get(node, "macs_g", &m.macs_g);
  Get(node, "zeros_pct", &m.zeros_pct);
  Get(node, "glb_mb", &m.glb_mb);
  Get(node, "dram_mb", &m.dram_mb);
  Get(node, "pes", &m.pes);
  return m;
}

RowStationaryShape Shape(const YAML::Node& node, int batch) {
  RowStationaryShape s;
  s.n = batch;
  Get(node, "groups", &s.groups);
  Get(node, "C", &s.c);
  Get(node, "M", &s.m);
  Get(node, "E", &s.e);
  Get(node, "R", &s.r);
  Get(node, "U", &s.u);
  s.m /= s.groups;
  s.f = s.e;
  s.s = s.r;
  int side = 0;
  Get(node, "H", &side);
  if (side != (s.e - 1) * s.u + s.r)
    throw Error(fmt::format("spec/studies: H = {} in line {} is not (E - 1) U + R", side, node.Mark().line + 1));
  return s;
}

EyerissLayer Layer(const YAML::Node& node, int batch) {
  EyerissLayer layer;
  Get(node, "name", &layer.name);
  layer.shape = Shape(node, batch);
  layer.measured = Measured(node);
  if (const YAML::Node mapping = node["mapping"]) {
    RowStationaryMapping m;
    m.f = layer.shape.f;
    Get(mapping, "m", &m.m);
    Get(mapping, "n", &m.n);
    Get(mapping, "e", &m.e);
    Get(mapping, "p", &m.p);
    Get(mapping, "q", &m.q);
    Get(mapping, "r", &m.r);
    Get(mapping, "t", &m.t);
    layer.mapping = m;
    Get(node, "glb_ifmap_kb", &layer.glb_ifmap_kb);
    Get(node, "glb_psum_kb", &layer.glb_psum_kb);
    Get(node, "rlc_ratio", &layer.rlc_ratio);
  }
  if (node["fmap_saving_pct"]) Get(node, "fmap_saving_pct", &layer.fmap_saving_pct.emplace());
  return layer;
}

// As published, for words of 16 bits: of an RF of 0.5 kB, a GLB of 108 kB.
void ReadCosts(EyerissChip* chip) {
  const EnergyTable table = LoadEnergyTable("eyeriss65");
  const double bits = 8.0 * chip->machine.word_bytes;
  chip->mac_pj = table.CostOf("mac", bits, 0);
  chip->spad_pj = table.CostOf("filter_spad_rd", bits, 512);
  chip->array_pj = table.CostOf("chain", bits, 0);
  chip->glb_pj = table.CostOf("glb_act", bits, 108 * 1024);
  chip->cost_source = table.events.at("mac")[0].source;
}

}  // namespace

EyerissChip ReadEyerissChip() {
  const YAML::Node root = PublishedFigures("eyeriss_chip");
  EyerissChip chip;
  Get(root, "source", &chip.source);
  Get(root, "clock_mhz", &chip.clock_mhz);
  const YAML::Node machine = root["machine"], code = root["run_length"], shares = root["shares"];
  RowStationaryMachine& m = chip.machine;
  Get(machine, "rows", &m.rows);
  Get(machine, "cols", &m.cols);
  Get(machine, "filter_spad", &m.filter_spad);
  Get(machine, "ifmap_spad", &m.ifmap_spad);
  Get(machine, "psum_spad", &m.psum_spad);
  Get(machine, "glb_banks", &m.glb_banks);
  Get(machine, "glb_bank_bytes", &m.glb_bank_bytes);
  Get(machine, "filter_glb_bytes", &m.filter_glb_bytes);
  Get(machine, "word_bytes", &m.word_bytes);
  Get(machine, "filter_bus", &m.filter_bus);
  Get(machine, "ifmap_bus", &m.ifmap_bus);
  Get(machine, "psum_bus", &m.psum_bus);
  Get(code, "run_bits", &chip.run_length.run_bits);
  Get(code, "value_bits", &chip.run_length.value_bits);
  Get(code, "pairs", &chip.run_length.pairs);
  Get(code, "word_bits", &chip.run_length.word_bits);
  ReadCosts(&chip);
  Get(shares, "alu_most_pct", &chip.alu_most_pct);
  Get(shares, "movement_most_pct", &chip.movement_most_pct);
  return chip;
}

EyerissNetwork ReadEyerissNetwork(const std::string& file) {
  const YAML::Node root = PublishedFigures(file);
  EyerissNetwork network;
  int batch = 0;
  Get(root, "name", &network.name);
  Get(root, "batch", &batch);
  Get(root, "sources", &network.sources);
  for (const YAML::Node& layer : root["layers"]) network.layers.push_back(Layer(layer, batch));
  network.totals = Measured(root["totals"]);
  return network;
}

}  // namespace weft
