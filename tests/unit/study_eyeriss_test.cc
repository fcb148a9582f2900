// SPDX-License-Identifier: Apache-2.0
// `weft study eyeriss`: its data add up to what the papers print, the study passes, and it can fail.
#include "sim/study/eyeriss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/row_stationary_search.h"
#include "sim/study/least_squares.h"
#include "sim/study/markdown_table.h"
#include "tests/support/cli.h"

namespace weft {
namespace {

const EyerissStudy& Study() {
  static const EyerissStudy study = ComputeEyerissStudy();
  return study;
}

double Sum(const EyerissNetwork& network, double EyerissMeasured::*member) {
  double sum = 0;
  for (const EyerissLayer& layer : network.layers) sum += layer.measured.*member;
  return sum;
}

TEST(StudyEyeriss, DataAddUpToThePrintedTotals) {
  for (const char* file : {"eyeriss_alexnet", "eyeriss_vgg16"}) {
    const EyerissNetwork network = ReadEyerissNetwork(file);
    const EyerissMeasured& totals = network.totals;
    const double digit = 0.05 * static_cast<double>(network.layers.size());  // of rounded summands
    EXPECT_NEAR(Sum(network, &EyerissMeasured::total_ms), totals.total_ms, digit) << file;
    EXPECT_NEAR(Sum(network, &EyerissMeasured::processing_ms), totals.processing_ms, digit) << file;
    EXPECT_NEAR(Sum(network, &EyerissMeasured::glb_mb), totals.glb_mb, digit) << file;
    EXPECT_NEAR(Sum(network, &EyerissMeasured::dram_mb), totals.dram_mb, digit) << file;
    EXPECT_NEAR(Sum(network, &EyerissMeasured::macs_g), totals.macs_g, digit / 10) << file;
    double energy = 0;
    for (const EyerissLayer& layer : network.layers) {
      energy += layer.measured.power_mw * layer.measured.total_ms;
      EXPECT_NEAR(static_cast<double>(layer.shape.macs()) * 1e-9, layer.measured.macs_g, 0.0051) << layer.name;
    }
    EXPECT_NEAR(energy / totals.total_ms, totals.power_mw, 1) << file;
  }
}

TEST(StudyEyeriss, TableThreeOccupiesTheGlbAsPrinted) {
  const EyerissStudy& s = Study();
  for (size_t i = 0; i < s.published.size(); ++i) {
    const EyerissLayer& layer = s.alexnet.layers[i];
    const RowStationaryCounts& c = s.published[i].counts;
    EXPECT_NEAR(static_cast<double>(c.glb_ifmap_bytes) / 1024, layer.glb_ifmap_kb, 0.051) << layer.name;
    EXPECT_NEAR(static_cast<double>(c.glb_psum_bytes) / 1024, layer.glb_psum_kb, 0.051) << layer.name;
  }
}

TEST(StudyEyeriss, ShowsWhatItHasTo) {
  const StudyResult result = StudyEyeriss();
  EXPECT_EQ(result.failed, "");
  EXPECT_EQ(result.text.find("NOT MET"), std::string::npos);
  const auto& alexnet = result.json["alexnet"]["layers"];
  ASSERT_EQ(alexnet.size(), 5u);
  const double published_glb[] = {18.5, 77.6, 69.2, 37.4, 24.9};
  for (size_t i = 0; i < 5; ++i) {
    const auto& layer = alexnet[i];
    EXPECT_NEAR(layer["mapping_published"]["glb_mb"].get<double>(), published_glb[i], 0.05);
    EXPECT_NEAR(layer["mapping_found"]["glb_mb"].get<double>(), layer["published"]["glb_mb"].get<double>(), 0.05);
    EXPECT_EQ(layer["mapping_published"]["counts"]["active_pes"], layer["published"]["active_pes"]);
    EXPECT_LE(std::abs(layer["power_error"].get<double>()), 0.15);
  }
  const RowStationaryMapping& conv3 = Study().found[2].mapping;
  EXPECT_EQ(std::vector<int>({conv3.q, conv3.r, conv3.t}), std::vector<int>({3, 2, 2}));
  EXPECT_EQ(result.json["fitted"].size(), 2u);
  EXPECT_EQ(result.json["vgg16"]["layers"].size(), 13u);
}

TEST(StudyEyeriss, InferredMappingsExplainWhatTheyAreInferredFrom) {
  const EyerissStudy& s = Study();
  for (size_t i = 0; i < s.inferred.size(); ++i) {
    const EyerissMeasured& m = s.vgg16.layers[i].measured;
    EXPECT_EQ(s.inferred[i].counts.active_pes, m.pes);
    EXPECT_NEAR(s.inferred[i].glb_mb / m.glb_mb, 1, kInferredGlbTolerance);
  }
}

// Why q = 3 in CONV3 to CONV5: with q = 4 the ifmaps would take a bank more than there is. Counted in bytes it fits.
TEST(StudyEyeriss, BanksDecideTheChannelsOfConv4) {
  EyerissChip chip = ReadEyerissChip();
  const EyerissLayer layer = ReadEyerissNetwork("eyeriss_alexnet").layers[3];
  EXPECT_EQ(FindEyerissMapping(chip, layer).q, 3);
  chip.machine.glb_banks *= static_cast<int>(chip.machine.glb_bank_bytes);
  chip.machine.glb_bank_bytes = 1;
  EXPECT_EQ(FindEyerissMapping(chip, layer).q, 4);
}

TEST(StudyEyeriss, EveryCheckCanFail) {
  const auto met = [](const EyerissStudy& s) {
    std::string text;
    for (const EyerissCheck& check : EyerissChecks(s)) text += check.met ? '1' : '0';
    return text;
  };
  EXPECT_EQ(met(Study()), "11111");
  EyerissStudy s = Study();
  s.alexnet.layers[0].measured.pes = 151;
  EXPECT_EQ(met(s), "01111");
  s = Study();
  s.alexnet.layers[1].measured.glb_mb = 77.5;
  EXPECT_EQ(met(s), "10111");
  s = Study();
  s.found[2] = s.published[2];
  EXPECT_EQ(met(s), "10011");
  s = Study();
  s.alexnet.layers[4].rlc_ratio = 1.8;
  EXPECT_EQ(met(s), "11101");
  s = Study();
  s.alexnet.layers[3].measured.power_mw = 290;
  EXPECT_EQ(met(s), "11110");
}

TEST(LeastSquares, RelativeErrors) {
  // Two rows, two constants: exact. Three values of one constant: the x with the least relative errors.
  const auto exact = LeastRelativeSquares({{1, 1}, {2, 1}}, {5, 7});
  EXPECT_NEAR(exact[0], 2, 1e-12);
  EXPECT_NEAR(exact[1], 3, 1e-12);
  const auto mean = LeastRelativeSquares({{1}, {1}}, {1, 2});
  EXPECT_NEAR(mean[0], 1.2, 1e-12);  // (1 + 1/2) / (1 + 1/4)
}

TEST(MarkdownTable, ColumnsStandUnderEachOther) {
  EXPECT_EQ(MarkdownTable({{"layer", "n"}, {"a", "1000"}, {"longer", "2"}}),
            "| layer  |    n |\n"
            "|--------|-----:|\n"
            "| a      | 1000 |\n"
            "| longer |    2 |\n");
}

class CliStudy : public test::Cli {};

TEST_F(CliStudy, PrintsTheTablesAndTheNumbers) {
  const test::Outcome text = Weft({"study", "eyeriss"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_NE(text.out.find("| CONV5-3 "), std::string::npos);
  const test::Outcome json = Weft({"study", "eyeriss", "--json", "-"});
  EXPECT_EQ(json.status, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out)["study"], "eyeriss");
}

}  // namespace
}  // namespace weft
