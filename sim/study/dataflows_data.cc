// SPDX-License-Identifier: Apache-2.0
#include "sim/study/dataflows_data.h"

#include "sim/study/published.h"
#include "sim/study/run.h"

namespace weft {
namespace {

StudyLayer FromWorkload(const WorkloadLayer& layer) {
  StudyLayer out;
  out.name = layer.name;
  out.shape.groups = layer.groups;
  out.shape.m = layer.out_channels() / layer.groups;
  out.shape.c = layer.in_channels() / layer.groups;
  out.shape.r = layer.window.kernel_h;
  out.shape.e = layer.out_shape[1];
  out.shape.u = layer.window.stride_h;
  out.shape.h = out.shape.window(out.shape.e);
  return out;
}

StudyLayer FromFullyConnected(const YAML::Node& node) {
  StudyLayer out;
  out.name = node["name"].as<std::string>();
  out.fc = true;
  out.shape.m = node["m"].as<int64_t>();
  out.shape.c = node["c"].as<int64_t>();
  out.shape.h = out.shape.r = node["h"].as<int64_t>();
  return out;
}

PublishedLayer ReadLayer(const YAML::Node& node) {
  PublishedLayer layer;
  layer.name = node["name"].as<std::string>();
  layer.mac = node["mac"].as<double>();
  layer.bars = {node["dram"].as<double>(), node["glb"].as<double>(), node["array"].as<double>(),
                node["rf"].as<double>()};
  layer.mac_constant = node["constants"][0].as<double>();
  layer.dram_constant = node["constants"][1].as<double>();
  layer.rf_constant = node["constants"][2].as<double>();
  return layer;
}

PublishedPoint ReadPoint(const YAML::Node& node, bool fc) {
  PublishedPoint point;
  point.fc = fc;
  point.pes = node["pes"].as<int>();
  point.batch = node["batch"].as<int>();
  for (const Dataflow dataflow : kDataflows) {
    const YAML::Node bar = node[DataflowKey(dataflow)];
    if (!bar) continue;
    const auto v = bar.as<std::vector<double>>();
    point.per_op[dataflow] = {v.at(0), v.at(1), v.at(2), v.at(3)};
  }
  return point;
}

}  // namespace

DataflowHardware DataflowStudyData::Hardware(Dataflow dataflow, int pe_count) const {
  constexpr int kWordBytes = 2;
  DataflowHardware hardware;
  hardware.pes = pe_count;
  hardware.rf_words = rf_words.at(dataflow);
  hardware.rf_psum_words = rf_psum_words;
  hardware.glb_words = GlbBytes(area, pe_count, kWordBytes * hardware.rf_words) / kWordBytes;
  return hardware;
}

const LevelEnergy* DataflowStudyData::Published(bool fc, int pe_count, int batch, Dataflow dataflow) const {
  for (const PublishedPoint& point : published) {
    if (point.fc != fc || point.pes != pe_count || point.batch != batch) continue;
    const auto found = point.per_op.find(dataflow);
    return found == point.per_op.end() ? nullptr : &found->second;
  }
  return nullptr;
}

DataflowStudyData LoadDataflowStudy() {
  const YAML::Node file = PublishedFigures("dataflows");
  DataflowStudyData data;
  const YAML::Node costs = file["costs"];
  data.costs = {costs["mac"].as<double>(), costs["rf"].as<double>(), costs["array"].as<double>(),
                costs["glb"].as<double>(), costs["dram"].as<double>()};
  std::vector<AreaCurve::Point> curve;
  for (const auto& point : file["area"]) curve.push_back({point[0].as<double>(), point[1].as<double>()});
  data.area = AreaCurve(curve);
  for (const Dataflow dataflow : kDataflows) {
    data.rf_words[dataflow] = file["rf_words"][DataflowKey(dataflow)].as<int>();
    data.published_glb_kib[dataflow] = file["glb_kib_256"][DataflowKey(dataflow)].as<double>();
  }
  data.rf_psum_words = file["rf_psum_words"].as<int>();
  data.pes = file["pes"].as<std::vector<int>>();
  data.conv_batches = file["conv_batches"].as<std::vector<int>>();
  data.fc_batches = file["fc_batches"].as<std::vector<int>>();
  for (const WorkloadLayer& layer : ShippedWorkload("alexnet").layers)
    data.layers.push_back(FromWorkload(layer));
  for (const auto& node : file["fully_connected"]) data.layers.push_back(FromFullyConnected(node));

  const YAML::Node claims = file["claims"], rs = file["rs_layers"];
  data.conv_low = claims["conv"][0].as<double>();
  data.conv_high = claims["conv"][1].as<double>();
  data.fc_low = claims["fc"].as<double>();
  data.fc_batch = claims["fc_batch"].as<int>();
  data.within = claims["within"].as<double>();
  data.rs_pes = rs["pes"].as<int>();
  data.rs_batch = rs["batch"].as<int>();
  for (const auto& node : rs["layers"]) data.rs_layers.push_back(ReadLayer(node));
  for (const auto& node : file["explained"])
    data.explained.push_back({node["layer"].as<std::string>(), node["component"].as<std::string>(),
                              node["text"].as<std::string>()});
  for (const auto& node : file["published"]["conv"]) data.published.push_back(ReadPoint(node, false));
  for (const auto& node : file["published"]["fc"]) data.published.push_back(ReadPoint(node, true));
  return data;
}

}  // namespace weft
