// SPDX-License-Identifier: Apache-2.0
// `weft study dataflows`: what it finds adds up, is told whole in all three forms, and a claim that fails is seen.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "sim/study/dataflows.h"

namespace weft {
namespace {

const DataflowStudy& Found() {
  static const DataflowStudy study = RunDataflowStudy();
  return study;
}

const DataflowPoint& Point(bool fc, int pes, int batch, Dataflow dataflow) {
  for (const DataflowPoint& point : Found().points)
    if (point.fc == fc && point.pes == pes && point.batch == batch && point.dataflow == dataflow) return point;
  throw std::runtime_error("no such point");
}

TEST(StudyDataflows, LayersAreAlexNets) {
  const DataflowStudyData& data = Found().data;
  ASSERT_EQ(data.layers.size(), 8u);
  double conv = 0, fc = 0;
  for (const StudyLayer& layer : data.layers) {
    (layer.fc ? fc : conv) += static_cast<double>(layer.shape.groups * layer.shape.macs(1));
    EXPECT_EQ(layer.shape.h, layer.shape.window(layer.shape.e)) << layer.name;
  }
  EXPECT_EQ(conv, 665784864.0);
  EXPECT_EQ(fc, 58621952.0);
  EXPECT_EQ(data.layers[0].shape.h, 227);
  EXPECT_EQ(data.layers[1].shape.h, 31);
  EXPECT_EQ(data.layers[3].shape.groups, 2);
}

TEST(StudyDataflows, StorageHasThePapersSizes) {
  for (const auto& [dataflow, kib] : Found().data.published_glb_kib)
    EXPECT_NEAR(static_cast<double>(Found().data.Hardware(dataflow, 256).glb_words) / 512, kib, 0.2)
        << DataflowName(dataflow);
}

TEST(StudyDataflows, ClaimsHoldAndFailIfTheyWereOthers) {
  for (const ClaimCheck& check : CheckClaims(Found())) EXPECT_TRUE(check.holds) << check.claim << ": " << check.found;
  const auto failing = [](auto change) {
    DataflowStudy study = Found();
    change(study.data);
    int count = 0;
    for (const ClaimCheck& check : CheckClaims(study)) count += check.holds ? 0 : 1;
    return count;
  };
  EXPECT_EQ(failing([](DataflowStudyData& data) { data.conv_low = 1.5; }), 1);
  EXPECT_EQ(failing([](DataflowStudyData& data) { data.conv_high = 2.4; }), 1);
  EXPECT_EQ(failing([](DataflowStudyData& data) { data.fc_low = 1.4; }), 1);
  EXPECT_EQ(failing([](DataflowStudyData& data) { data.explained.clear(); }), 1);
  EXPECT_EQ(failing([](DataflowStudyData& data) { data.rs_layers[3].bars.rf *= 1.2; }), 1);
  // A bar that is not there and one that is 20 % longer.
  EXPECT_EQ(failing([](DataflowStudyData& data) { data.published[0].per_op.erase(Dataflow::kOutputB); }), 1);
  EXPECT_EQ(failing([](DataflowStudyData& data) { data.published[0].per_op[Dataflow::kNoLocalReuse].glb *= 1.4; }), 1);
}

TEST(StudyDataflows, EveryPublishedLayerIsChecked) {
  const std::vector<LayerCheck> checks = CheckRsLayers(Found());
  EXPECT_EQ(checks.size(), 8u * 5);
  int judged = 0;
  for (const LayerCheck& check : checks) judged += check.judged ? 1 : 0;
  EXPECT_EQ(judged, 8 * 3);
}

TEST(StudyDataflows, WeightStationaryLacksRoomForALargeBatch) {
  ASSERT_TRUE(Point(false, 256, 64, Dataflow::kWeightStationary).Impossible());
  EXPECT_EQ(Point(false, 256, 64, Dataflow::kWeightStationary).Impossible()->name, "conv1");
  EXPECT_FALSE(Point(false, 512, 64, Dataflow::kWeightStationary).Impossible());
  EXPECT_FALSE(Point(true, 256, 256, Dataflow::kWeightStationary).Impossible());
}

TEST(StudyDataflows, WiderMappingSpacesNeverTakeMore) {
  for (const auto* wider : {&Found().ifmaps_stay, &Found().free_psums})
    for (const DataflowPoint& wide : *wider)
      EXPECT_LE(wide.PerOp(), Point(wide.fc, wide.pes, wide.batch, wide.dataflow).PerOp() * (1 + 1e-12));
}

TEST(StudyDataflows, JsonAddsUp) {
  const nlohmann::ordered_json json = DataflowJson(Found());
  ASSERT_EQ(json["points"].size(), 6u * 3 * (3 + 4));
  for (const auto& point : json["points"]) {
    if (!point["possible"].get<bool>()) continue;
    double layers = 0;
    for (const auto& layer : point["layers"]) {
      const auto& energy = layer["energy"];
      layers += energy["total"].get<double>();
      double levels = energy["mac"], kinds = energy["mac"];
      for (const char* level : {"dram", "glb", "array", "rf"}) {
        levels += energy[level].get<double>();
        for (const char* kind : {"ifmap", "filter", "psum"}) kinds += energy[kind][level].get<double>();
      }
      EXPECT_NEAR(levels, energy["total"].get<double>(), 1e-9 * levels);
      EXPECT_NEAR(kinds, energy["total"].get<double>(), 1e-9 * kinds);
      EXPECT_NEAR(energy["dram"].get<double>(), 200 * layer["dram_words"].get<double>(), 1e-9 * kinds);
    }
    EXPECT_NEAR(layers, point["energy"]["total"].get<double>(), 1e-9 * layers);
    EXPECT_LE(point["active_pes"].get<double>(), point["pes"].get<double>());
  }
}

TEST(StudyDataflows, PageIsWholeAndHasEveryPlottedNumberInATable) {
  const StudyResult result = StudyDataflows();
  EXPECT_EQ(result.failed, "");
  for (const char* outside : {"<script", "http", "src=", "url(", "@import"})
    EXPECT_EQ(result.html.find(outside), std::string::npos) << outside;
  const std::string tables = result.html.substr(result.html.find("<table>"));
  int bars = 0;
  const std::string mark = "<title>", begin = ": ", end = " per multiplication";
  for (size_t at = result.html.find("<figure>"); (at = result.html.find(mark, at)) != std::string::npos; ++at) {
    const std::string title = result.html.substr(at + mark.size(), result.html.find("</title>", at) - at - mark.size());
    ++bars;
    if (title.find("not possible") != std::string::npos) continue;
    const size_t from = title.find(begin) + begin.size();
    const std::string total = title.substr(from, title.find(end) - from);
    EXPECT_NE(tables.find("<td>" + total + "</td>"), std::string::npos) << title;
    for (size_t part = title.find("; "); part != std::string::npos; part = title.find("; ", part + 1)) {
      const std::string words = title.substr(part + 2, title.find("; ", part + 1) - part - 2);
      EXPECT_NE(tables.find("<td>" + words.substr(words.find(' ') + 1) + "</td>"), std::string::npos) << title;
    }
  }
  EXPECT_EQ(bars, 6 * (9 + 9 + 3 + 5 + 3));
}

TEST(StudyPage, BarsAreAsLongAsTheirParts) {
  StackedChart chart = {"a < b", "things", {"x", "y"}, {}, 8};
  chart.groups = {{"g", {{"1", "one", {3, 1}, ""}, {"2", "two", {}, "none"}}}};
  const std::string html = ChartHtml(chart);
  EXPECT_NE(html.find("a &lt; b"), std::string::npos);
  EXPECT_NE(html.find("<title>one: 4.000 things; x 3.000; y 1.000</title>"), std::string::npos) << html;
  EXPECT_NE(html.find("<title>two: none</title>"), std::string::npos);
  // 274 units of width are 8 things.
  EXPECT_NE(html.find("class=\"s0\" x=\"62.00\" y=\"6.0\" width=\"102.75\""), std::string::npos) << html;
  EXPECT_NE(html.find("class=\"s1\" x=\"164.75\" y=\"6.0\" width=\"34.25\""), std::string::npos) << html;
}

TEST(StudyTable, MarkdownIsAligned) {
  const StudyTable table = {"T", {"name", "n"}, {{"a", "1"}, {"bcdef", "1000"}}, "note", 1};
  EXPECT_EQ(MarkdownTable(table),
            "## T\n\n| name  |    n |\n|-------|-----:|\n| a     |    1 |\n| bcdef | 1000 |\n\nnote\n\n");
}

}  // namespace
}  // namespace weft
