// SPDX-License-Identifier: Apache-2.0
// The reference engine against TFLite's reference kernels: every output byte of every real
// model and input, every intermediate tensor where a dump is given, and the committed
// single-operator models.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "compiler/import_tflite.h"
#include "compiler/reference.h"
#include "tests/support/models.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

// "" if equal, else the first difference.
std::string Difference(const TensorData& got, const TensorData& expected) {
  if (got.size() != expected.size()) {
    return std::to_string(got.size()) + " bytes instead of " + std::to_string(expected.size());
  }
  size_t count = 0, first = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    if (got[i] != expected[i] && count++ == 0) first = i;
  }
  if (count == 0) return "";
  return std::to_string(count) + " of " + std::to_string(got.size()) + " bytes differ, first at " +
         std::to_string(first) + ": " + std::to_string(got[first]) + " instead of " +
         std::to_string(expected[first]);
}

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
  return fields;
}

// The folder dump_LABEL beside a model, or "".
fs::path Dump(const fs::path& model) {
  for (const auto& entry : fs::directory_iterator(model.parent_path())) {
    if (entry.path().filename().string().rfind("dump_", 0) == 0) return entry.path();
  }
  return "";
}

std::vector<fs::path> ModelsWithDump() {
  std::vector<fs::path> models = test::TfliteModels();
  models.erase(std::remove_if(models.begin(), models.end(),
                              [](const fs::path& model) { return Dump(model).empty(); }),
               models.end());
  return models;
}

class RealModel : public testing::TestWithParam<fs::path> {};
class DumpedModel : public testing::TestWithParam<fs::path> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RealModel);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DumpedModel);

TEST_P(RealModel, OutputsEqual) {
  const Graph graph = ImportTfliteFile(GetParam().string());
  ASSERT_EQ(graph.inputs.size(), 1u);
  ASSERT_EQ(graph.outputs.size(), 1u);
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(GetParam().parent_path())) {
    const std::string name = entry.path().filename().string();
    if (name.rfind("in_", 0) != 0) continue;
    const fs::path golden = entry.path().parent_path() / ("out_" + name.substr(3));
    const std::vector<TensorData> outputs =
        RunReferenceBatch(graph, {test::ReadFile(entry.path())});
    EXPECT_EQ(Difference(outputs[0], test::ReadFile(golden)), "") << golden;
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST_P(DumpedModel, IntermediateTensorsEqual) {
  const fs::path folder = GetParam().parent_path();
  const fs::path dump = Dump(GetParam());
  const std::string label = dump.filename().string().substr(5);
  const Graph graph = ImportTfliteFile(GetParam().string());
  const std::vector<TensorData> tensors =
      RunReference(graph, {test::ReadFile(folder / ("in_" + label + ".bin"))});

  std::ifstream table(dump / "tensors.tsv");
  std::string line;
  std::getline(table, line);
  ASSERT_EQ(line, "index\tname\ttype\tshape\tscale\tzero_point\tbytes\tfile");
  int compared = 0;
  while (std::getline(table, line)) {
    const std::vector<std::string> fields = Split(line);
    ASSERT_EQ(fields.size(), 8u) << line;
    const size_t index = std::stoul(fields[0]);
    ASSERT_LT(index, tensors.size());
    const Tensor& tensor = graph.tensors[index];
    std::string shape;
    for (int d : tensor.shape) shape += (shape.empty() ? "" : ",") + std::to_string(d);
    EXPECT_EQ("[" + shape + "]", fields[3]);
    EXPECT_EQ(tensor.zero_point(), std::stoi(fields[5]));
    EXPECT_NEAR(tensor.scale(), std::stof(fields[4]), 1e-6f * tensor.scale());
    EXPECT_EQ(Difference(tensors[index], test::ReadFile(dump / fields[7])), "")
        << "tensor " << index << " " << fields[1];
    ++compared;
  }
  EXPECT_GT(compared, 5);
}

TEST(ReferenceGolden, RealModelsArePresent) {
  if (test::TfliteModels().empty()) GTEST_SKIP() << test::NoModels();
}

TEST(ReferenceGolden, SingleOperatorModels) {
  const fs::path folder = fs::path(WEFT_SOURCE_DIR) / "tests" / "network" / "single_op";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no " << folder;
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    fs::path path = entry.path();
    if (path.extension() != ".tflite") continue;
    const Graph graph = ImportTfliteFile(path.string());
    const TensorData file = test::ReadFile(path.replace_extension(".in"));
    std::vector<TensorData> inputs;  // in the model's order, one after the other
    auto at = file.begin();
    for (int i : graph.inputs) {
      ASSERT_LE(graph.tensor(i).bytes(), file.end() - at) << path;
      inputs.emplace_back(at, at + graph.tensor(i).bytes());
      at += graph.tensor(i).bytes();
    }
    EXPECT_EQ(at, file.end()) << path;
    const std::vector<TensorData> tensors = RunReference(graph, inputs);
    TensorData outputs;
    for (int i : graph.outputs) {
      const TensorData& data = tensors[static_cast<size_t>(i)];
      outputs.insert(outputs.end(), data.begin(), data.end());
    }
    EXPECT_EQ(Difference(outputs, test::ReadFile(path.replace_extension(".out"))), "") << path;
    ++compared;
  }
  std::cout << compared << " single-operator models\n";
  EXPECT_GE(compared, 200);
}

std::string ModelName(const testing::TestParamInfo<fs::path>& info) {
  return info.param.parent_path().filename().string();
}

INSTANTIATE_TEST_SUITE_P(Golden, RealModel, testing::ValuesIn(test::TfliteModels()), ModelName);
INSTANTIATE_TEST_SUITE_P(Golden, DumpedModel, testing::ValuesIn(ModelsWithDump()), ModelName);

}  // namespace
}  // namespace weft
