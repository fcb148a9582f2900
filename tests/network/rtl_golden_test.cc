// SPDX-License-Identifier: Apache-2.0
// Real networks on the verilated accelerator: output bytes equal the golden files, and every
// intermediate tensor where it is given.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/rtl.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

// At most `limit` inferences of each input file (0: all); returns how many ran.
int RunAllInputs(const fs::path& folder, const std::string& config, size_t limit) {
  test::RtlNetwork network(ImportTfliteFile((folder / "model.tflite").string()), LoadConfig(config));
  const Graph& graph = network.program().graph;
  int inferences = 0;
  for (const std::string& label : test::InputLabels(folder)) {
    const TensorData in = test::ReadFile(folder / ("in_" + label + ".bin"));
    const TensorData golden = test::ReadFile(folder / ("out_" + label + ".bin"));
    const size_t count = in.size() / static_cast<size_t>(graph.tensor(graph.inputs[0]).bytes());
    for (size_t i = 0; i < count && (limit == 0 || i < limit); ++i) {
      const std::vector<TensorData> got = network.session().Run(test::Slice(graph, graph.inputs, {in}, i));
      EXPECT_EQ(got[0], test::Slice(graph, graph.outputs, {golden}, i)[0])
          << folder.filename() << " input " << label << " inference " << i << " on " << config;
      if (::testing::Test::HasFailure()) return inferences;
      ++inferences;
    }
  }
  return inferences;
}

class Golden : public ::testing::TestWithParam<const char*> {
 protected:
  fs::path Folder() const { return test::ModelsDir() / GetParam(); }
  bool Absent() const { return !fs::exists(Folder() / "model.tflite"); }
};

const char* const kMlperf[] = {"mlperf_tiny/ad01_int8", "mlperf_tiny/ic_resnet8_int8", "mlperf_tiny/ic_resnet_large_int8",
                               "mlperf_tiny/kws_dscnn_int8", "mlperf_tiny/sww_int8", "mlperf_tiny/vww96_int8"};

using OnWeft168 = Golden;
TEST_P(OnWeft168, EveryInputGivesTheGoldenBytes) {
  if (Absent()) GTEST_SKIP() << test::NoModels();
  // Long files of consecutive inferences: the first few, all of them in the long tests.
  std::printf("%d inferences equal\n", RunAllInputs(Folder(), "weft168", test::LongTests() ? 0 : 4));
}
INSTANTIATE_TEST_SUITE_P(Models, OnWeft168,
                         ::testing::Values("mlperf_tiny/ad01_int8", "mlperf_tiny/ic_resnet8_int8", "mlperf_tiny/ic_resnet_large_int8",
                                           "mlperf_tiny/kws_dscnn_int8", "mlperf_tiny/sww_int8", "mlperf_tiny/vww96_int8",
                                           "tflite/tflm_hello_world_int8", "tflite/tinyengine_mcunet_vww"));

TEST(MobileNetV2, OneInputOnWeft168) {
  if (!test::LongTests()) GTEST_SKIP() << "runs with scripts/test --long";
  const fs::path folder = test::ModelsDir() / "tflite/coral_mobilenet_v2_tf2_ptq";
  if (!fs::exists(folder / "model.tflite")) GTEST_SKIP() << test::NoModels();
  std::printf("%d inferences equal\n", RunAllInputs(folder, "weft168", 0));
}

using OnOdd = Golden;
TEST_P(OnOdd, EveryInputGivesTheGoldenBytes) {
  if (Absent()) GTEST_SKIP() << test::NoModels();
  // Long files of consecutive inferences: the first few, all of them in the long tests.
  std::printf("%d inferences equal\n", RunAllInputs(Folder(), "odd", test::LongTests() ? 0 : 1));
}
INSTANTIATE_TEST_SUITE_P(Models, OnOdd, ::testing::ValuesIn(kMlperf));

using OnSmallBoards = Golden;
TEST_P(OnSmallBoards, GoldenBytesOnEcp5AndNano) {
  if (Absent()) GTEST_SKIP() << test::NoModels();
  for (const char* config : {"ecp5", "nano"})
    std::printf("%s: %d inferences equal\n", config, RunAllInputs(Folder(), config, test::LongTests() ? 0 : 4));
}
INSTANTIATE_TEST_SUITE_P(TwoSmallest, OnSmallBoards, ::testing::Values("tflite/tflm_hello_world_int8", "mlperf_tiny/ad01_int8"));

// Every tensor of tensors.tsv that a step of the unfused program writes.
using Intermediate = Golden;
TEST_P(Intermediate, EveryTensorGivesTheGoldenBytes) {
  if (Absent()) GTEST_SKIP() << test::NoModels();
  fs::path dump;
  for (const auto& entry : fs::directory_iterator(Folder()))
    if (entry.path().filename().string().rfind("dump_", 0) == 0) dump = entry.path();
  if (dump.empty()) GTEST_SKIP() << "no intermediate tensors are given for " << GetParam();
  CompileOptions keep;
  keep.keep_tensors = true;
  test::RtlNetwork network(ImportTfliteFile((Folder() / "model.tflite").string()), LoadConfig("weft168"), test::QuietRtl(), keep);
  const std::string label = dump.filename().string().substr(5);
  network.session().Run({test::ReadFile(Folder() / ("in_" + label + ".bin"))}, true);
  std::ifstream table(dump / "tensors.tsv");
  std::string line;
  std::getline(table, line);
  int compared = 0;
  while (std::getline(table, line)) {
    const size_t index = std::stoul(line.substr(0, line.find('\t')));
    const std::string file = line.substr(line.rfind('\t') + 1);
    if (index >= network.session().kept().size() || network.session().kept()[index].empty()) continue;
    ASSERT_EQ(network.session().kept()[index], test::ReadFile(dump / file)) << "tensor " << index << " (" << file << ")";
    ++compared;
  }
  EXPECT_GT(compared, 0);
  std::printf("%d tensors equal\n", compared);
}
INSTANTIATE_TEST_SUITE_P(Models, Intermediate, ::testing::ValuesIn(kMlperf));

}  // namespace
}  // namespace weft
