// SPDX-License-Identifier: Apache-2.0
// Engine systemc against engine rtl on real networks and inputs, whole: every TFLite model and input on
// weft168, one input of the MLPerf models on the other configurations. Outputs are the golden ones.
#include <gtest/gtest.h>

#include "tests/support/both_engines.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string model, config, memory;
  bool every_input;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const char* model :
       {"mlperf_tiny/ad01_int8", "mlperf_tiny/ic_resnet8_int8", "mlperf_tiny/ic_resnet_large_int8",
        "mlperf_tiny/kws_dscnn_int8", "mlperf_tiny/sww_int8", "mlperf_tiny/vww96_int8",
        "tflite/coral_mobilenet_v2_tf2_ptq", "tflite/tflm_hello_world_int8", "tflite/tinyengine_mcunet_vww"})
    cases.push_back({model, "weft168", "8,60", true});
  for (const char* model : {"mlperf_tiny/ad01_int8", "mlperf_tiny/ic_resnet8_int8", "mlperf_tiny/kws_dscnn_int8",
                            "mlperf_tiny/sww_int8", "mlperf_tiny/vww96_int8"}) {
    cases.push_back({model, "odd", "8,60,stall=0.1", false});
    cases.push_back({model, "ecp5", "4,100", false});
    cases.push_back({model, "nano", "8,60", false});
  }
  return cases;
}

class SystemcGolden : public ::testing::TestWithParam<Case> {};

TEST_P(SystemcGolden, EqualsRtl) {
  if (!test::LongTests()) GTEST_SKIP() << "runs with scripts/test --long";
  const fs::path folder = test::ModelsDir() / GetParam().model;
  if (!fs::exists(folder / "model.tflite")) GTEST_SKIP() << test::NoModels();
  const Program program =
      Compile(ImportTfliteFile((folder / "model.tflite").string()), LoadConfig(GetParam().config));
  const Graph& graph = program.graph;
  DeviceOptions options = test::QuietRtl();
  options.memory = GetParam().memory;
  int64_t comparisons = 0, cycles = 0, inferences = 0;
  for (const std::string& label : test::InputLabels(folder)) {
    TensorData in = test::ReadFile(folder / ("in_" + label + ".bin"));
    TensorData golden = test::ReadFile(folder / ("out_" + label + ".bin"));
    if (!GetParam().every_input) {
      in = test::Slice(graph, graph.inputs, {in}, 0)[0];
      golden = test::Slice(graph, graph.outputs, {golden}, 0)[0];
    }
    const int batch = static_cast<int>(in.size() / static_cast<size_t>(graph.tensor(graph.inputs[0]).bytes()));
    DeviceReport rtl;
    const Comparison comparison = test::RunBoth(program, {in}, options, &rtl, batch);
    ASSERT_EQ(comparison.difference, "") << label;
    ASSERT_EQ(rtl.result.outputs[0], golden) << label;
    comparisons += comparison.count;
    cycles += rtl.cycles;
    inferences += batch;
    if (!GetParam().every_input) break;
  }
  ASSERT_GT(inferences, 0);
  std::printf("%s on %s: %lld inferences, %lld cycles, %lld comparisons equal\n", GetParam().model.c_str(),
              GetParam().config.c_str(), static_cast<long long>(inferences), static_cast<long long>(cycles),
              static_cast<long long>(comparisons));
}
INSTANTIATE_TEST_SUITE_P(Models, SystemcGolden, ::testing::ValuesIn(Cases()), [](const auto& info) {
  std::string name = info.param.model.substr(info.param.model.find('/') + 1) + "_" + info.param.config;
  return name;
});

}  // namespace
}  // namespace weft
