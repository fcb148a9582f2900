// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "sim/study/dataflows.h"

namespace weft {
namespace {

const std::vector<std::string> kSeries = {"ALU", "DRAM", "GLB", "array", "RF"};
constexpr char kUnit[] = "per multiplication";

StackedBar MakeBar(const std::string& label, const std::string& name, bool possible, const DataflowEnergy& energy,
                   double macs) {
  StackedBar bar = {label, name, {}, "not possible"};
  if (!possible) return bar;
  const LevelEnergy levels = energy.levels();
  bar.parts = {energy.mac / macs, levels.dram / macs, levels.glb / macs, levels.array / macs, levels.rf / macs};
  return bar;
}

// The points that `shown` takes, grouped by dataflow.
StackedChart SumChart(const DataflowStudy& study, const std::string& title, bool label_pes,
                      const std::function<bool(const DataflowPoint&)>& shown) {
  StackedChart chart = {title, kUnit, kSeries, {}, 0};
  for (const Dataflow dataflow : kDataflows) {
    BarGroup group = {DataflowName(dataflow), {}};
    for (const DataflowPoint& point : study.points) {
      if (point.dataflow != dataflow || !shown(point)) continue;
      group.bars.push_back(MakeBar(
          fmt::format("{}", label_pes ? point.pes : point.batch),
          fmt::format("{}, {} PEs, batch {}", DataflowName(dataflow), point.pes, point.batch),
          point.Impossible() == nullptr, point.energy, point.macs));
    }
    chart.groups.push_back(group);
  }
  return chart;
}

}  // namespace

std::vector<StackedChart> DataflowCharts(const DataflowStudy& study, bool fc) {
  const char* name = fc ? "FC" : "CONV";
  const auto alone = [fc](const DataflowPoint& point) { return fc && point.batch == 1; };
  std::vector<StackedChart> charts;
  double most = 0;
  for (const DataflowPoint& point : study.points)
    if (point.fc == fc && !point.Impossible() && !alone(point)) most = std::max(most, point.PerOp());
  for (const int pes : study.data.pes) {
    charts.push_back(SumChart(study, fmt::format("{}, {} PEs, by batch", name, pes), false,
                              [&](const DataflowPoint& point) {
                                return point.fc == fc && point.pes == pes && !alone(point);
                              }));
    charts.back().most = most;
  }
  if (fc)
    charts.push_back(SumChart(study, fmt::format("{}, batch 1, by PEs", name), true,
                              [&](const DataflowPoint& point) { return point.fc == fc && alone(point); }));
  return charts;
}

std::vector<StackedChart> DataflowLayerCharts(const DataflowStudy& study) {
  const int pes = study.data.rs_pes, batch = study.data.rs_batch;
  std::vector<StackedChart> charts;
  for (const bool fc : {false, true}) {
    StackedChart chart = {fmt::format("{}, {} PEs, batch {}", fc ? "FC" : "CONV", pes, batch), kUnit, kSeries, {}, 0};
    for (const StudyLayer& shape : study.data.layers) {
      if (shape.fc != fc) continue;
      BarGroup group = {shape.name, {}};
      for (const DataflowPoint& point : study.points) {
        if (point.fc != fc || point.pes != pes || point.batch != batch) continue;
        for (const LayerPoint& layer : point.layers) {
          if (layer.name != shape.name) continue;
          const std::string name = DataflowName(point.dataflow);
          group.bars.push_back(MakeBar(name, fmt::format("{}, {}", shape.name, name), layer.mapping.has_value(),
                                       layer.energy, layer.mapping ? layer.mapping->macs : 1));
        }
      }
      chart.groups.push_back(group);
    }
    charts.push_back(chart);
  }
  return charts;
}

}  // namespace weft
