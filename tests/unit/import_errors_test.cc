// SPDX-License-Identifier: Apache-2.0
// Files that must be refused: one line, exit status 1, naming the file, the place, the
// value and what would work.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "compiler/import_tflite.h"
#include "model/error.h"
#include "tests/support/tflite_builder.h"

namespace weft {
namespace {

using test::Activation;
using test::ConvModel;
using test::Integers;
using test::ModelSpec;
using test::Options;
using test::SimpleModel;
namespace fbs = test::fbs;

// The message, or "" if the file was accepted.
std::string Refusal(const std::vector<uint8_t>& file) {
  try {
    ImportTflite(file, "m.tflite");
  } catch (const Error& error) {
    const std::string line = error.what();
    EXPECT_EQ(error.exit_status(), 1);
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_EQ(line.rfind("m.tflite: ", 0), 0u) << line;
    return line;
  }
  return "";
}

void ExpectRefusal(const ModelSpec& spec, const std::vector<std::string>& parts) {
  const std::string line = Refusal(test::Build(spec));
  for (const std::string& part : parts) {
    EXPECT_NE(line.find(part), std::string::npos) << "\"" << part << "\" not in \"" << line << "\"";
  }
}

// A sound convolution with one thing changed.
void ExpectConvRefusal(const std::function<void(ModelSpec*)>& change,
                       const std::vector<std::string>& parts) {
  ModelSpec spec = ConvModel();
  change(&spec);
  ExpectRefusal(spec, parts);
}

TEST(ImportErrors, TheSoundModelIsAccepted) { EXPECT_EQ(Refusal(test::Build(ConvModel())), ""); }

TEST(ImportErrors, NotAModel) {
  EXPECT_NE(Refusal({}).find("empty"), std::string::npos);
  EXPECT_NE(Refusal({1, 2, 3}).find("not a TFLite model"), std::string::npos);
  EXPECT_NE(Refusal(std::vector<uint8_t>(100, 0)).find("TFL3"), std::string::npos);
  std::vector<uint8_t> cut = test::Build(ConvModel());
  cut.resize(cut.size() / 2);
  EXPECT_NE(Refusal(cut).find("damaged or cut off"), std::string::npos);
}

TEST(ImportErrors, MissingFile) {
  try {
    ImportTfliteFile("/no/such/file.tflite");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "/no/such/file.tflite: cannot be opened; give the path of a readable .tflite file");
  }
  EXPECT_THROW(ImportTfliteFile("/tmp"), Error);
}

TEST(ImportErrors, UnsupportedOperatorNamesItItsPlaceAndTheList) {
  ExpectConvRefusal(
      [](ModelSpec* m) { m->ops[0].code = fbs::BuiltinOperator::HARD_SWISH; },
      {"operator 0 (HARD_SWISH, output \"y\") is not supported", "CONV_2D", "TRANSPOSE"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].code = fbs::BuiltinOperator::CUMSUM; },
                    {"(CUMSUM"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->ops[0].code = fbs::BuiltinOperator::CUSTOM;
        m->ops[0].custom_code = "Ethos";
      },
      {"(CUSTOM Ethos"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].code = fbs::BuiltinOperator(9999); },
                    {"(code 9999"});
}

TEST(ImportErrors, ModelStructure) {
  ExpectConvRefusal([](ModelSpec* m) { m->version = 4; }, {"version 4", "3 is supported"});
  ExpectConvRefusal([](ModelSpec* m) { m->subgraphs = 2; }, {"2 subgraphs", "exactly one"});
  ExpectConvRefusal([](ModelSpec* m) { m->subgraphs = 0; }, {"0 subgraphs"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops.clear(); }, {"no operators"});
  ExpectConvRefusal([](ModelSpec* m) { m->opcode_shift = 5; }, {"code index 5"});
  ExpectConvRefusal([](ModelSpec* m) { m->inputs.clear(); }, {"0 inputs"});
  ExpectConvRefusal([](ModelSpec* m) { m->inputs = {0, 0}; }, {"\"x\"", "twice"});
  ExpectConvRefusal([](ModelSpec* m) { m->inputs = {99}; }, {"inputs", "tensor 99", "4 tensors"});
  ExpectConvRefusal([](ModelSpec* m) { m->outputs = {-1}; }, {"outputs", "tensor -1"});
  ExpectConvRefusal([](ModelSpec* m) { m->outputs = {1}; }, {"\"w\"", "constant"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].inputs[0] = 77; },
                    {"operator 0 (CONV_2D)", "tensor 77"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].outputs = {}; }, {"0 outputs"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].outputs = {3, 3}; }, {"2 outputs"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].outputs = {0}; }, {"also a constant"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].inputs[0] = 3; }, {"not computed by any"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].inputs = {0}; }, {"has 1 inputs; 2 to 3"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].inputs = {0, -1, 2}; }, {"input 1 is absent"});
  ExpectConvRefusal([](ModelSpec* m) { m->ops[0].options = nullptr; }, {"lacks the options"});
}

TEST(ImportErrors, Tensors) {
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].shape[1] = -6; },
                    {"tensor 0 (\"x\")", "dimension 1 is -6", "at least 1"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].shape[1] = 0; }, {"dimension 1 is 0"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[0].shape = {65536, 65536, 65536, 65536};
      },
      {"tensor 0", "2147483647"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[0].shape = m->tensors[3].shape = {1, 1 << 15, 1 << 15, 1};
      },
      {"together"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].shape.assign(9, 1); }, {"9 dimensions"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].type = fbs::TensorType::FLOAT16; },
                    {"FLOAT16"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].type = fbs::TensorType(55); }, {"type 55"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].is_variable = true; }, {"variable"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[1].buffer = 999; },
                    {"tensor 1 (\"w\")", "buffer 999"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[1].data.pop_back(); },
                    {"215 bytes", "6x3x3x4", "needs 216"});
  ExpectConvRefusal([](ModelSpec* m) { m->buffer_offset = 4096; }, {"outside the FlatBuffer"});
}

TEST(ImportErrors, Quantization) {
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[1].scales.pop_back(); },
                    {"5 scales and 6 zero points"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[1].scales.pop_back();
        m->tensors[1].zero_points.pop_back();
      },
      {"5 scales along dimension 0 of length 6"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[1].axis = 7; }, {"dimension 7"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].scales = {0.0f}; }, {"scale 0 is 0"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].scales = {-1.0f}; }, {"positive"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].scales = {HUGE_VALF}; }, {"finite"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].zero_points = {200}; },
                    {"zero point 0 is 200", "-128 to 127"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].zero_points = {INT64_MIN}; }, {"zero point"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].custom_kind = 1; }, {"custom quantization"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[3].scales = {};
        m->tensors[3].zero_points = {};
      },
      {"output \"y\" has 0 scales"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[3].scales = {1e-20f}; },
                    {"output channel 0", "ratio of the scales"});
}

TEST(ImportErrors, Convolution) {
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[3].shape = {1, 6, 5, 7};
      },
      {"1x6x5x7", "computes 1x6x5x6"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[0].shape = {1, 6, 5, 5};
      },
      {"5 channels and the weights 4"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[0].shape = {1, 6, 5, 16};
      },
      {"6 output channels", "4 groups"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].shape = {30, 4}; }, {"30x4", "4 dimensions"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[0].type = fbs::TensorType::FLOAT32; },
                    {"input \"x\" is float32; only int8", "full integer quantization"});
  ExpectConvRefusal([](ModelSpec* m) { m->tensors[1].type = fbs::TensorType::UINT8; },
                    {"weights \"w\" are uint8"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[1].data.clear();
        m->inputs = {0, 1};
      },
      {"weights \"w\" is computed at run time"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[2] = Integers("b", {5}, {1, 2, 3, 4, 5});
      },
      {"bias \"b\" has 5 elements; 6"});
  ExpectConvRefusal(
      [](ModelSpec* m) {
        m->tensors[2].scales = {0.1f};
        m->tensors[2].zero_points = {3};
      },
      {"bias \"b\" has zero point 3"});
  ExpectRefusal(ConvModel({fbs::Padding::SAME, 0, 1}), {"stride height is 0; 1 to 65535"});
  ExpectRefusal(ConvModel({fbs::Padding::SAME, 1, -1}), {"stride width is -1"});
  ExpectRefusal(ConvModel({fbs::Padding::SAME, 1, 1, 1 << 30, 1}), {"dilation height"});
  ExpectRefusal(ConvModel({fbs::Padding::VALID, 1, 1, 3, 1}), {"does not fit", "6x5"});
  ExpectRefusal(ConvModel({fbs::Padding(9)}), {"padding scheme 9"});
  ExpectRefusal(ConvModel({fbs::Padding::SAME, 1, 1, 1, 1, fbs::Activation::TANH}),
                {"activation 4", "RELU6"});
}

TEST(ImportErrors, OtherOperators) {
  const auto mean = [](const std::vector<int32_t>& axes) {
    return SimpleModel(
        fbs::BuiltinOperator::MEAN,
        {Activation("x", {2, 3, 4, 5}), Integers("a", {static_cast<int>(axes.size())}, axes),
         Activation("y", {2, 5})});
  };
  ExpectRefusal(mean({1, 3}), {"not neighbours"});
  ExpectRefusal(mean({4}), {"axis 4", "4 dimensions"});
  ExpectRefusal(mean({1}), {"computes 2x4x5"});
  ExpectRefusal(
      SimpleModel(fbs::BuiltinOperator::ADD,
                  {Activation("a", {2, 3}), Activation("b", {2, 4}), Activation("y", {2, 3})}),
      {"not computed"});
  ModelSpec add =
      SimpleModel(fbs::BuiltinOperator::ADD,
                  {Activation("a", {2, 3}), Activation("b", {2, 4}), Activation("y", {2, 3})});
  add.inputs = {0, 1};
  ExpectRefusal(add, {"2x3 and 2x4 do not broadcast"});
  add.tensors[1] = Activation("b", {2, 3});
  add.tensors[2] = Activation("y", {2, 3}, 1e-9f);
  ExpectRefusal(add, {"too large for the output scale"});
  ExpectRefusal(SimpleModel(fbs::BuiltinOperator::PAD,
                            {Activation("x", {2, 3}), Integers("p", {2, 2}, {0, 0, -1, 0}),
                             Activation("y", {2, 2})}),
                {"dimension 1 is -1 before"});
  ExpectRefusal(
      SimpleModel(fbs::BuiltinOperator::TRANSPOSE,
                  {Activation("x", {2, 3}), Integers("p", {2}, {1, 1}), Activation("y", {3, 3})}),
      {"permutation"});
  ExpectRefusal(
      SimpleModel(fbs::BuiltinOperator::RESHAPE,
                  {Activation("x", {2, 3}), Integers("s", {1}, {7}), Activation("y", {6})}),
      {"new shape [ 7 ]", "shape 6"});
  ExpectRefusal(
      SimpleModel(fbs::BuiltinOperator::RESHAPE, {Activation("x", {2, 3}), Activation("y", {7})}),
      {"as many elements"});
  ModelSpec softmax = SimpleModel(fbs::BuiltinOperator::SOFTMAX,
                                  {Activation("x", {1, 4}), Activation("y", {1, 4})});
  softmax.ops[0].options = [](flatbuffers::FlatBufferBuilder& b) {
    return Options{fbs::BuiltinOptions::SoftmaxOptions, fbs::CreateSoftmaxOptions(b, 1.0f).Union()};
  };
  ExpectRefusal(softmax, {"0.00390625 (1/256) and -128"});
  softmax.tensors[1] = Activation("y", {1, 4}, 1.0f / 256, -128);
  softmax.tensors[0] = Activation("x", {1, 4}, 1e-9f);
  ExpectRefusal(softmax, {"beta 1", "2^-26"});
}

}  // namespace
}  // namespace weft
