// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "model/error.h"
#include "sim/study/dataflows.h"

namespace weft {
namespace {

DataflowPoint MakePoint(const DataflowStudyData& data, const DataflowHardware& hardware, Dataflow dataflow, bool fc,
                        int batch, bool ifmaps_stay = false) {
  DataflowPoint point;
  point.dataflow = dataflow;
  point.fc = fc;
  point.pes = static_cast<int>(hardware.pes);
  point.batch = batch;
  for (const StudyLayer& layer : data.layers) {
    if (layer.fc != fc) continue;
    LayerPoint one;
    one.name = layer.name;
    one.mapping = BestMapping(dataflow, layer.shape, batch, hardware, data.costs, ifmaps_stay);
    if (one.mapping) {
      one.energy = EnergyOf(*one.mapping, data.costs);
      point.energy += one.energy;
      point.macs += one.mapping->macs;
      point.cycles += one.mapping->cycles;
      point.dram_words += one.mapping->dram_words();
    }
    point.layers.push_back(one);
  }
  return point;
}

bool IsOutputStationary(Dataflow dataflow) {
  return dataflow == Dataflow::kOutputA || dataflow == Dataflow::kOutputB || dataflow == Dataflow::kOutputC;
}

}  // namespace

const LayerPoint* DataflowPoint::Impossible() const {
  const auto found = std::find_if(layers.begin(), layers.end(), [](const LayerPoint& one) { return !one.mapping; });
  return found == layers.end() ? nullptr : &*found;
}

const DataflowPoint& DataflowStudy::Rs(bool fc, int pe_count, int batch) const {
  for (const DataflowPoint& point : points)
    if (point.dataflow == Dataflow::kRowStationary && point.fc == fc && point.pes == pe_count && point.batch == batch)
      return point;
  throw Error("dataflows.yaml: a setup to compare with is not one of those computed");
}

double DataflowStudy::EnergyDelay(const DataflowPoint& point) const {
  const int batch = (point.fc ? data.fc_batches : data.conv_batches).front();
  const DataflowPoint& base = Rs(point.fc, data.pes.front(), batch);
  return point.PerOp() / point.ActivePes() / (base.PerOp() / base.ActivePes());
}

DataflowStudy RunDataflowStudy() {
  DataflowStudy study;
  study.data = LoadDataflowStudy();
  const DataflowStudyData& data = study.data;
  for (const bool fc : {false, true}) {
    for (const int pes : data.pes) {
      for (const int batch : fc ? data.fc_batches : data.conv_batches) {
        for (const Dataflow dataflow : kDataflows) {
          const DataflowHardware hardware = data.Hardware(dataflow, pes);
          study.points.push_back(MakePoint(data, hardware, dataflow, fc, batch));
          if (IsOutputStationary(dataflow))
            study.ifmaps_stay.push_back(MakePoint(data, hardware, dataflow, fc, batch, true));
        }
      }
    }
    DataflowHardware free = data.Hardware(Dataflow::kRowStationary, data.rs_pes);
    free.rf_psum_words = free.rf_words;
    study.free_psums.push_back(MakePoint(data, free, Dataflow::kRowStationary, fc, data.rs_batch));
  }
  return study;
}

}  // namespace weft
