// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sim/study/dataflows.h"

namespace weft {
namespace {

using Cells = std::vector<std::string>;

std::string Percent(double fraction) { return fmt::format("{:+.1f}", 100 * fraction); }

StudyTable ClaimTable(const DataflowStudy& study) {
  StudyTable table = {"What the paper says and what comes out", {"claim", "found", "holds"}, {}, "", 3};
  for (const ClaimCheck& check : CheckClaims(study))
    table.rows.push_back({check.claim, check.found, !check.holds ? "NO" : check.rounded ? "to one digit" : "yes"});
  const auto [conv_low, conv_high] = PublishedRatios(study.data, false);
  table.note = fmt::format("To one digit: not beyond the digit that the paper prints. By its own bars the ratios are {:.2f} to "
                           "{:.2f}, and {:.2f} at least for FC.",
                           conv_low, conv_high, PublishedRatios(study.data, true).first);
  return table;
}

StudyTable StorageTable(const DataflowStudy& study) {
  const DataflowStudyData& data = study.data;
  StudyTable table = {"Storage of equal area", {"dataflow", "", "RF bytes/PE"}, {}, "", 2};
  for (const int pes : data.pes) table.header.push_back(fmt::format("GLB kB, {} PEs", pes));
  table.header.push_back(fmt::format("paper, {} PEs", data.pes.front()));
  for (const Dataflow dataflow : kDataflows) {
    Cells row = {DataflowName(dataflow), DataflowDoc(dataflow), fmt::format("{}", 2 * data.rf_words.at(dataflow))};
    for (const int pes : data.pes)
      row.push_back(Fixed(static_cast<double>(data.Hardware(dataflow, pes).glb_words) / 512, 1));
    row.push_back(Fixed(data.published_glb_kib.at(dataflow), 1));
    table.rows.push_back(row);
  }
  return table;
}

StudyTable RsLayerTable(const DataflowStudy& study) {
  StudyTable table = {fmt::format("RS layer by layer, {} PEs, batch {}, 1e9 multiplications", study.data.rs_pes,
                                  study.data.rs_batch),
                      {"layer", "component", "ours", "figure", "error %", "constant", "error %", "within"},
                      {},
                      "",
                      2};
  for (const LayerCheck& check : CheckRsLayers(study)) {
    Cells row = {check.layer, check.component, Fixed(check.ours, 3), Fixed(check.bar, 3), Percent(check.BarError())};
    row.push_back(check.constant ? Fixed(*check.constant, 2) : "-");
    row.push_back(check.constant ? Percent(check.ConstantError()) : "-");
    row.push_back(!check.judged ? "-" : !check.ok ? "NO" : check.explanation.empty() ? "yes" : "explained");
    table.rows.push_back(row);
    if (!check.explanation.empty())
      table.note += fmt::format("{}{}, {}: {}.", table.note.empty() ? "" : " ", check.layer, check.component,
                                check.explanation);
  }
  return table;
}

// Energy per multiplication of the sum of all CONV or FC layers.
StudyTable SumTable(const DataflowStudy& study, bool fc) {
  StudyTable table = {fmt::format("{}: energy per multiplication, sum of the layers", fc ? "FC" : "CONV"),
                      {"PEs", "batch", "dataflow", "energy", "times RS", "ALU", "DRAM", "GLB", "array", "RF",
                       "ifmaps", "filters", "psums", "DRAM words", "active PEs", "energy delay", "paper",
                       "ours/paper %"},
                      {},
                      "ifmaps, filters and psums are the same energy without ALU by kind of data; DRAM words are per "
                      "multiplication; energy delay is over RS's at the fewest PEs and smallest batch.",
                      3};
  for (const DataflowPoint& point : study.points) {
    if (point.fc != fc) continue;
    Cells row = {fmt::format("{}", point.pes), fmt::format("{}", point.batch), DataflowName(point.dataflow)};
    if (const LayerPoint* impossible = point.Impossible()) {
      row.push_back("not possible");
      row.resize(table.header.size(), "-");
      table.rows.push_back(row);
      table.note += fmt::format(" {} at {} PEs, batch {}: the GLB is too small for {}.", DataflowName(point.dataflow),
                                point.pes, point.batch, impossible->name);
      continue;
    }
    const LevelEnergy levels = point.energy.levels();
    row.insert(row.end(), {Fixed(point.PerOp(), 3), Fixed(study.TimesRs(point), 3)});
    for (const double part : {point.energy.mac, levels.dram, levels.glb, levels.array, levels.rf,
                              point.energy.ifmap.total(), point.energy.filter.total(), point.energy.psum.total()})
      row.push_back(Fixed(part / point.macs, 3));
    row.insert(row.end(), {Fixed(point.dram_words / point.macs, 5), Fixed(point.ActivePes(), 0),
                           Fixed(study.EnergyDelay(point), 3)});
    const LevelEnergy* published = study.data.Published(fc, point.pes, point.batch, point.dataflow);
    const double paper = published ? study.data.costs.mac + published->total() : 0;
    row.push_back(published ? Fixed(paper, 3) : "-");
    row.push_back(published ? Percent(point.PerOp() / paper - 1) : "-");
    table.rows.push_back(row);
  }
  return table;
}

StudyTable LayerTable(const DataflowStudy& study, bool fc) {
  StudyTable table = {fmt::format("{}: energy per multiplication of each layer", fc ? "FC" : "CONV"),
                      {"PEs", "batch", "dataflow"},
                      {},
                      "",
                      3};
  for (const StudyLayer& layer : study.data.layers)
    if (layer.fc == fc) table.header.push_back(layer.name);
  for (const DataflowPoint& point : study.points) {
    if (point.fc != fc) continue;
    Cells row = {fmt::format("{}", point.pes), fmt::format("{}", point.batch), DataflowName(point.dataflow)};
    for (const LayerPoint& layer : point.layers)
      row.push_back(layer.mapping ? Fixed(layer.energy.total() / layer.mapping->macs, 3) : "-");
    table.rows.push_back(row);
  }
  return table;
}

StudyTable ComponentTable(const DataflowStudy& study) {
  const int pes = study.data.rs_pes, batch = study.data.rs_batch;
  StudyTable table = {fmt::format("Each layer by component, {} PEs, batch {}: energy per multiplication", pes, batch),
                      {"layer", "dataflow", "energy", "ALU", "DRAM", "GLB", "array", "RF", "ifmaps", "filters",
                       "psums"},
                      {},
                      "",
                      2};
  for (const StudyLayer& shape : study.data.layers) {
    for (const DataflowPoint& point : study.points) {
      if (point.fc != shape.fc || point.pes != pes || point.batch != batch) continue;
      for (const LayerPoint& layer : point.layers) {
        if (layer.name != shape.name || !layer.mapping) continue;
        const LevelEnergy levels = layer.energy.levels();
        Cells row = {layer.name, DataflowName(point.dataflow)};
        for (const double part : {layer.energy.total(), layer.energy.mac, levels.dram, levels.glb, levels.array,
                                  levels.rf, layer.energy.ifmap.total(), layer.energy.filter.total(),
                                  layer.energy.psum.total()})
          row.push_back(Fixed(part / layer.mapping->macs, 3));
        table.rows.push_back(row);
      }
    }
  }
  return table;
}

// What two choices of the mapping spaces do.
StudyTable ChoiceTable(const DataflowStudy& study) {
  StudyTable table = {"If mapping spaces were wider than the paper's",
                      {"layers", "PEs", "batch", "dataflow", "energy", "wider", "times RS", "wider"},
                      {},
                      "OS: the GLB may keep whole ifmaps while filters stream past, where that takes less energy. RS: "
                      "any number of psums in an RF. Times RS is over RS as above.",
                      4};
  const auto add = [&](const DataflowPoint& narrow, const DataflowPoint& wide) {
    table.rows.push_back({wide.fc ? "FC" : "CONV", fmt::format("{}", wide.pes), fmt::format("{}", wide.batch),
                          DataflowName(wide.dataflow), Fixed(narrow.PerOp(), 3), Fixed(wide.PerOp(), 3),
                          Fixed(study.TimesRs(narrow), 3), Fixed(study.TimesRs(wide), 3)});
  };
  for (const DataflowPoint& wide : study.free_psums) add(study.Rs(wide.fc, wide.pes, wide.batch), wide);
  for (const DataflowPoint& wide : study.ifmaps_stay) {
    if (wide.batch != study.data.rs_batch) continue;
    for (const DataflowPoint& narrow : study.points)
      if (narrow.dataflow == wide.dataflow && narrow.fc == wide.fc && narrow.pes == wide.pes &&
          narrow.batch == wide.batch)
        add(narrow, wide);
  }
  return table;
}

}  // namespace

std::vector<StudyTable> DataflowTables(const DataflowStudy& study) {
  return {ClaimTable(study),       StorageTable(study),    RsLayerTable(study),
          SumTable(study, false),  SumTable(study, true),  LayerTable(study, false),
          LayerTable(study, true), ComponentTable(study),  ChoiceTable(study)};
}

}  // namespace weft
