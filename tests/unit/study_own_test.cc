// SPDX-License-Identifier: Apache-2.0
// The studies of zeros and of weight formats, on small layers: what must hold between their columns.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/study/quantization.h"
#include "sim/study/table.h"
#include "sim/study/zeros.h"

namespace weft {
namespace {

Workload Small() {
  return ParseWorkload(
      "name: small\nsource: s\nlayers:\n"
      "- {name: a, type: conv, N: 1, C: 16, H: 12, W: 12, M: 24, R: 3, S: 3, activation_zeros: 0.5}\n"
      "- {name: b, type: conv, N: 1, C: 24, H: 10, W: 10, M: 16, R: 3, S: 3, activation_zeros: 0.75}\n",
      "small.yaml");
}

int64_t Event(const MeasuredWorkload& run, size_t layer, int event) {
  return run.result.layers[layer].events[static_cast<size_t>(event)];
}

class OwnStudies : public ::testing::Test {
 protected:
  const EnergyTable table_ = LoadEnergyTable(kDefaultEnergyTable);
  const MeasuredWorkload dense_ = Measure(Small(), 0), zeros_ = Measure(Small(), std::nullopt);
};

TEST_F(OwnStudies, ZerosColumnsFollowFromTheTwoRuns) {
  const std::vector<ZerosLayer> layers = ZerosOf(dense_, zeros_, table_);
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_NEAR(layers[0].zeros_in, 0.5, 0.03);
  EXPECT_EQ(layers[0].zeros_out, layers[1].zeros_in);
  EXPECT_EQ(layers[1].zeros_out, 0);
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto& ways = layers[i].ways;
    EXPECT_EQ(ways[kDenseWay].cycles, dense_.result.layers[i].cycles);
    EXPECT_EQ(ways[kGatedWay].cycles, ways[kDenseWay].cycles);
    EXPECT_EQ(ways[kGatedWay].dram_bytes, ways[kDenseWay].dram_bytes);
    EXPECT_EQ(ways[kSkippedWay].cycles, zeros_.result.layers[i].cycles);
    EXPECT_LT(ways[kSkippedWay].cycles, ways[kGatedWay].cycles);
    EXPECT_LT(ways[kGatedWay].energy.total_pj, ways[kDenseWay].energy.total_pj);
    // Only multipliers and filter spads know of gating.
    for (size_t c = kEnergyNoc; c < kEnergyComponents; ++c)
      EXPECT_EQ(ways[kGatedWay].energy.component_pj[c], ways[kDenseWay].energy.component_pj[c]) << c;
    const double macs = static_cast<double>(Event(dense_, i, spec::kEvMac));
    const double saved = layers[i].zeros_in * macs * (2.0 - 0.064) * 81 / 256;
    EXPECT_NEAR(static_cast<double>(ways[kDenseWay].energy.component_pj[kEnergyMac] -
                                    ways[kGatedWay].energy.component_pj[kEnergyMac]), saved, 3);
    const std::pair<ZerosWay, ZerosWay> pairs[] = {{kGatedWay, kGatedCodedWay}, {kSkippedWay, kSkippedCodedWay}};
    for (const auto& [plain, coded] : pairs) {
      EXPECT_EQ(ways[plain].cycles, ways[coded].cycles);
      EXPECT_LT(ways[coded].dram_bytes, ways[plain].dram_bytes);
      const int64_t fewer = ways[plain].dram_bytes - ways[coded].dram_bytes;
      EXPECT_NEAR(static_cast<double>(ways[plain].energy.total_pj - ways[coded].energy.total_pj), 230.0 * fewer, 3);
    }
  }
  // The last ofmap stays plain: what the ifmap saves is all.
  EXPECT_LT(layers[1].ways[kSkippedWay].dram_bytes - layers[1].ways[kSkippedCodedWay].dram_bytes,
            Event(zeros_, 1, spec::kEvDramRdIl));
}

// Pairs of 12 bits, five in 8 bytes: with half the values zero a pair holds two (less what runs of 15 cut).
TEST_F(OwnStudies, CodedIfmapsHaveTheSizeOfTheCode) {
  const ZerosLayer last = ZerosOf(dense_, zeros_, table_)[1];
  const double z = last.zeros_in, values = static_cast<double>(Event(zeros_, 1, spec::kEvDramRdIl));
  const double pair = (1 - std::pow(z, 16)) / (1 - z);
  EXPECT_NEAR(static_cast<double>(last.ways[kSkippedWay].dram_bytes - last.ways[kSkippedCodedWay].dram_bytes),
              values - values / pair * 8 / 5, 1);
}

TEST_F(OwnStudies, EightBitWeightsAreWhatWasMeasured) {
  const std::vector<QuantizationLayer> layers = QuantizationOf(zeros_, table_);
  ASSERT_EQ(layers.size(), 2u);
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto& formats = layers[i].formats;
    const PricedEvents measured(table_, zeros_.program.config, zeros_.result.layers[i]);
    EXPECT_EQ(formats[1].energy.event_pj, measured.energy().event_pj);
    EXPECT_EQ(formats[1].dram_bytes, DramBytes(zeros_.result.layers[i]));
    EXPECT_EQ(formats[1].weight_bytes, 9 * 16 * 24);
    EXPECT_EQ(formats[0].weight_bytes, 2 * formats[1].weight_bytes);
    EXPECT_EQ(formats[3].weight_bytes, formats[2].weight_bytes + 16);
    // Filters come once here: what 16 bits add is their size, less what is packed beside them.
    EXPECT_NEAR(static_cast<double>(formats[0].dram_bytes - formats[1].dram_bytes), formats[1].weight_bytes,
                0.2 * static_cast<double>(formats[1].weight_bytes));
    EXPECT_NEAR(static_cast<double>(formats[0].dram_bytes - formats[1].dram_bytes),
                2.0 * static_cast<double>(formats[1].dram_bytes - formats[2].dram_bytes), 2);
    for (size_t f = 0; f + 1 < 3; ++f) EXPECT_GT(formats[f].energy.total_pj, formats[f + 1].energy.total_pj);
    // A codebook multiplies as 8 bits do, and moves as 4 bits do.
    EXPECT_EQ(formats[3].energy.component_pj[kEnergyMac], formats[1].energy.component_pj[kEnergyMac]);
    EXPECT_EQ(formats[3].energy.component_pj[kEnergyGlb], formats[2].energy.component_pj[kEnergyGlb]);
    EXPECT_GT(formats[3].energy.component_pj[kEnergyNoc], formats[1].energy.component_pj[kEnergyNoc]);
    EXPECT_NEAR(static_cast<double>(formats[2].energy.component_pj[kEnergyMac]),
                static_cast<double>(formats[1].energy.component_pj[kEnergyMac]) * 5 / 9, 2);
  }
}

// Every number of the tables comes from the same figures as the JSON.
TEST_F(OwnStudies, TextAndJsonHaveEveryLayerAndWay) {
  const StudyResult zeros = StudyZerosOf({Small()}), formats = StudyQuantizationOf({Small()});
  EXPECT_EQ(zeros.failed, "");
  const auto& network = zeros.json["networks"][0];
  ASSERT_EQ(network["layers"].size(), 2u);
  for (const char* way : kZerosWayNames) {
    int64_t cycles = 0, pj = 0;
    for (const auto& layer : network["layers"]) {
      cycles += layer["ways"][way]["cycles"].get<int64_t>();
      pj += layer["ways"][way]["energy_pj"]["total"].get<int64_t>();
    }
    EXPECT_EQ(network["sum"][way]["cycles"], cycles);
    EXPECT_EQ(network["sum"][way]["energy_pj"]["total"], pj);
    EXPECT_NE(zeros.text.find(std::string("| ") + way), std::string::npos) << way;
    EXPECT_NE(zeros.text.find(Fixed(Mega(pj), 1)), std::string::npos) << way;
  }
  const auto& sum = formats.json["networks"][0]["sum"];
  for (const WeightFormat& format : kWeightFormats) {
    const int64_t pj = sum[format.name]["energy_pj"]["total"];
    EXPECT_NE(formats.text.find(Fixed(Mega(pj), 1)), std::string::npos);
  }
}

// Without zeros there is nothing to gate, and skipping saves nothing: the study says so.
TEST_F(OwnStudies, ZerosFailWhereThereAreNone) {
  Workload dense = Small();
  dense.zeros = 0;
  const StudyResult result = StudyZerosOf({dense});
  EXPECT_NE(result.failed.find("small: skipping saves no cycles"), std::string::npos) << result.failed;
  for (const auto& layer : result.json["networks"][0]["layers"])
    EXPECT_EQ(layer["ways"]["gating"], layer["ways"]["dense"]);
}

}  // namespace
}  // namespace weft
