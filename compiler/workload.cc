// SPDX-License-Identifier: Apache-2.0
#include "compiler/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "compiler/import_tflite.h"
#include "compiler/workload_fields.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr size_t kMostYamlBytes = size_t{1} << 22, kMostLayers = 4096;
constexpr size_t kMostName = 120, kMostSource = 1000;
// As many products of 127 * 255 stay inside 32 bits.
constexpr int64_t kMostDepth = 65536;
// One 32-bit sum of a pooling window.
constexpr int64_t kMostPoolTaps = 65536;

constexpr const char* kTypeNames[] = {"conv", "depthwise", "matmul",
                                      "add",  "max_pool",  "average_pool"};

std::vector<std::string> FieldsOf(WorkloadType type) {
  switch (type) {
    case WorkloadType::kConv:
      return {"name", "type", "input",  "N",    "C",                "H",           "W", "M",
              "R",    "S",    "stride", "pad",  "groups",           "activation_zeros",
              "weight_zeros", "relu"};
    case WorkloadType::kDepthwise:
      return {"name", "type",   "input", "N",                "C",            "H",   "W", "M", "R",
              "S",    "stride", "pad",   "activation_zeros", "weight_zeros", "relu"};
    case WorkloadType::kMatmul:
      return {"name", "type", "input", "M", "K", "N", "activation_zeros", "weight_zeros", "relu"};
    case WorkloadType::kAdd:
      return {"name", "type", "inputs", "N", "C", "H", "W", "activation_zeros", "relu"};
    case WorkloadType::kMaxPool:
    case WorkloadType::kAveragePool:
      return {"name", "type", "input",  "N",   "C",  "H", "W",
              "R",    "S",    "stride", "pad", "activation_zeros"};
  }
  return {};
}

// The product, or a number above any limit.
int64_t Product(const std::vector<int>& sizes) {
  int64_t product = 1;
  for (int size : sizes) product = std::min(product * size, int64_t{1} << 40);
  return product;
}

class LayerReader {
 public:
  LayerReader(const YAML::Node& node, const std::string& where, WorkloadType type,
              const std::vector<WorkloadLayer>& earlier)
      : fields_(node, where, FieldsOf(type)), earlier_(earlier) {
    layer_.type = type;
  }

  WorkloadLayer Read() {
    layer_.name = fields_.Text("name", kMostName);
    for (const WorkloadLayer& layer : earlier_)
      if (layer.name == layer_.name) fields_.Fail("name: another layer has it");
    ReadInputs();
    layer_.type == WorkloadType::kMatmul ? ReadMatmul() : ReadImage();
    if (fields_.Has("relu")) layer_.relu = fields_.Flag("relu");
    if (fields_.Has("weight_zeros")) layer_.weight_zeros = fields_.Fraction("weight_zeros");
    if (!fields_.Has("activation_zeros")) return std::move(layer_);
    if (!layer_.inputs.empty())
      fields_.Fail("activation_zeros: the activations come from another layer; leave it out");
    layer_.activation_zeros = fields_.Fraction("activation_zeros");
    return std::move(layer_);
  }

 private:
  int Earlier(const std::string& name, const char* field) const {
    for (size_t i = 0; i < earlier_.size(); ++i)
      if (earlier_[i].name == name) return static_cast<int>(i);
    fields_.Fail(fmt::format("{}: there is no earlier layer {}", field, name));
  }

  void ReadInputs() {
    if (layer_.type != WorkloadType::kAdd) {
      if (fields_.Has("input"))
        layer_.inputs = {Earlier(fields_.Text("input", kMostName), "input")};
    } else if (fields_.Has("inputs")) {
      const YAML::Node list = fields_.Get("inputs");
      if (!list.IsSequence() || list.size() != 2 || !list[0].IsScalar() || !list[1].IsScalar())
        fields_.Fail("inputs: a list of two layers is needed, [A, B]");
      for (const YAML::Node& name : list)
        layer_.inputs.push_back(Earlier(name.Scalar(), "inputs"));
      if (layer_.inputs[0] == layer_.inputs[1])
        fields_.Fail("inputs: two different layers are needed");
      const std::vector<int>&a = Produced(0), &b = Produced(1);
      if (a != b) {
        fields_.Fail(fmt::format("inputs: shapes {} and {} differ", ShapeString(a),
                                 ShapeString(b)));
      }
    }
  }

  const std::vector<int>& Produced(size_t input) const {
    return earlier_[static_cast<size_t>(layer_.inputs[input])].out_shape;
  }

  // A size that the layer's input already gives, where it has one: the field, if there, must agree.
  int SizeOrGiven(const char* field, int given) const {
    if (given == 0) return fields_.Size(field);
    if (fields_.Has(field) && fields_.Size(field) != given) {
      fields_.Fail(fmt::format("{}: {} does not agree with the input, which has {}", field,
                               fields_.Size(field), given));
    }
    return given;
  }

  void ReadMatmul() {
    int rows = 0, depth = 0;
    if (!layer_.inputs.empty()) {
      const std::vector<int>& input = Produced(0);
      const int64_t elements = Product(input);
      depth = fields_.Has("K") ? fields_.Size("K") : input.back();
      if (elements % depth != 0 || elements / depth > kMostWorkloadSize) {
        fields_.Fail(fmt::format("K: the input of {} does not divide into at most {} rows of {}",
                                 ShapeString(input), kMostWorkloadSize, depth));
      }
      rows = static_cast<int>(elements / depth);
    }
    layer_.in_shape = {SizeOrGiven("M", rows), SizeOrGiven("K", depth)};
    layer_.out_shape = {layer_.in_shape[0], fields_.Size("N")};
    CheckDepth("K");
  }

  void ReadImage() {
    if (layer_.inputs.empty()) {
      layer_.in_shape = {fields_.Size("N"), fields_.Size("H"), fields_.Size("W"),
                         fields_.Size("C")};
    } else {
      layer_.in_shape = Produced(0);
      const bool image = layer_.in_shape.size() == 4;
      if (!image && layer_.type != WorkloadType::kAdd) {
        fields_.Fail(fmt::format("input: its shape is {}; N x H x W x C is needed",
                                 ShapeString(layer_.in_shape)));
      }
      constexpr const char* kNames[] = {"N", "H", "W", "C"};
      for (size_t i = 0; image && i < 4; ++i) SizeOrGiven(kNames[i], layer_.in_shape[i]);
    }
    layer_.out_shape = layer_.in_shape;
    if (layer_.type == WorkloadType::kAdd) return;
    ReadWindow();
    ReadChannels();
  }

  void ReadWindow() {
    Window& w = layer_.window;
    w.kernel_h = fields_.Size("R");
    w.kernel_w = fields_.Size("S");
    if (fields_.Has("stride")) {
      const std::vector<int> stride = fields_.Sizes("stride", 2, 1);
      w.stride_h = stride[0];
      w.stride_w = stride[1];
    }
    const YAML::Node pad = fields_.Has("pad") ? fields_.Get("pad") : YAML::Node();
    if (pad.IsScalar() && pad.Scalar() == "same") {
      SameSide(layer_.in_shape[1], w.kernel_h, w.stride_h, &w.pad_top, &w.pad_bottom);
      SameSide(layer_.in_shape[2], w.kernel_w, w.stride_w, &w.pad_left, &w.pad_right);
    } else if (fields_.Has("pad")) {
      std::vector<int> sides = fields_.Sizes("pad", pad.IsSequence() && pad.size() == 4 ? 4 : 2, 0);
      if (sides.size() == 2) sides = {sides[0], sides[1], sides[0], sides[1]};
      w.pad_top = sides[0];
      w.pad_left = sides[1];
      w.pad_bottom = sides[2];
      w.pad_right = sides[3];
    }
    if (std::max(w.pad_top, w.pad_bottom) >= w.kernel_h)
      fields_.Fail(fmt::format("pad: at most R - 1 = {} rows", w.kernel_h - 1));
    if (std::max(w.pad_left, w.pad_right) >= w.kernel_w)
      fields_.Fail(fmt::format("pad: at most S - 1 = {} columns", w.kernel_w - 1));
    layer_.out_shape[1] = OutSide("R", 'H', layer_.in_shape[1], w.kernel_h, w.stride_h, w.pad_top,
                                  w.pad_bottom);
    layer_.out_shape[2] = OutSide("S", 'W', layer_.in_shape[2], w.kernel_w, w.stride_w, w.pad_left,
                                  w.pad_right);
  }

  // TensorFlow's SAME: as many outputs as strides begin, the odd padding after.
  static void SameSide(int length, int kernel, int stride, int* before, int* after) {
    const int outputs = (length + stride - 1) / stride;
    const int64_t total = int64_t{outputs - 1} * stride + kernel - length;
    *before = static_cast<int>(std::max<int64_t>(total, 0) / 2);
    *after = static_cast<int>(std::max<int64_t>(total, 0)) - *before;
  }

  int OutSide(const char* field, char side, int length, int kernel, int stride, int before,
              int after) const {
    const int out = WindowOutputLength(length, kernel, stride, 1, before, after);
    if (out >= 1) return out;
    fields_.Fail(fmt::format("{}: {} does not fit {} = {} with its padding; at most {}", field,
                             kernel, side, length, length + before + after));
  }

  void ReadChannels() {
    const int channels = layer_.in_channels();
    if (layer_.type == WorkloadType::kConv) {
      layer_.out_shape[3] = fields_.Size("M");
      if (fields_.Has("groups")) layer_.groups = fields_.Size("groups");
      if (channels % layer_.groups != 0 || layer_.out_shape[3] % layer_.groups != 0) {
        fields_.Fail(fmt::format("groups: {} must divide C = {} and M = {}", layer_.groups,
                                 channels, layer_.out_shape[3]));
      }
      CheckDepth("R x S x C / groups");
    } else if (layer_.type == WorkloadType::kDepthwise) {
      if (fields_.Has("M")) layer_.out_shape[3] = fields_.Size("M");
      if (layer_.out_shape[3] % channels != 0) {
        fields_.Fail(fmt::format("M: {} is no multiple of C = {}", layer_.out_shape[3], channels));
      }
      CheckDepth("R x S");
    } else if (Product({layer_.window.kernel_h, layer_.window.kernel_w}) > kMostPoolTaps) {
      fields_.Fail(fmt::format("R x S: at most {} in a pooling window", kMostPoolTaps));
    }
  }

  void CheckDepth(const char* fields) const {
    if (layer_.depth() <= kMostDepth) return;
    fields_.Fail(fmt::format("{}: {} products in a sum; at most {}", fields, layer_.depth(),
                             kMostDepth));
  }

  WorkloadFields fields_;
  const std::vector<WorkloadLayer>& earlier_;
  WorkloadLayer layer_;
};

// How messages call it: by its name, if it has one that fits a line.
std::string Label(const YAML::Node& node, size_t number) {
  const YAML::Node name = node["name"];
  const std::string text = name.IsDefined() && name.IsScalar() ? name.Scalar() : "";
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
  const bool fits = !text.empty() && text.size() <= kMostName && plain;
  return fits ? text : fmt::format("number {}", number);
}

WorkloadType TypeOf(const YAML::Node& node, const std::string& where) {
  const YAML::Node type = node["type"];
  if (!type.IsDefined()) throw Error(where + ": field type is missing");
  constexpr size_t kCount = std::size(kTypeNames);
  for (size_t i = 0; i < kCount; ++i)
    if (type.IsScalar() && type.Scalar() == kTypeNames[i]) return static_cast<WorkloadType>(i);
  throw Error(fmt::format("{}: type: not known; there are {}", where,
                          fmt::join(kTypeNames, kTypeNames + kCount, ", ")));
}

WorkloadLayer ReadLayer(const YAML::Node& node, const std::string& file,
                        const std::vector<WorkloadLayer>& earlier) {
  const size_t number = earlier.size() + 1;
  if (!node.IsMap()) {
    throw Error(
        fmt::format("{}: layer number {}: a list of `field: value` is needed", file, number));
  }
  const std::string where = fmt::format("{}: layer {}", file, Label(node, number));
  return LayerReader(node, where, TypeOf(node, where), earlier).Read();
}

ZerosKind ReadKind(const WorkloadFields& fields) {
  const std::string kind = fields.Text("zeros_kind", kMostName);
  if (kind != kIid && kind != kClustered)
    fields.Fail(fmt::format("zeros_kind: '{}' is not known; {} or {}", kind, kIid, kClustered));
  return kind == kIid ? ZerosKind::kIid : ZerosKind::kClustered;
}

// Tensors in bytes, as the importer of model files limits them.
void CheckTotals(const Workload& workload, const std::string& file) {
  int64_t tensors = 0, weights = 0;
  for (const WorkloadLayer& layer : workload.layers) {
    const bool two = layer.type == WorkloadType::kAdd && layer.inputs.empty();
    if (layer.inputs.empty()) tensors += Product(layer.in_shape) * (two ? 2 : 1);
    tensors += Product(layer.out_shape);
    if (layer.has_weights()) weights += Product(layer.weight_shape());
    if (weights > kMaxConstantBytes || tensors > kMaxTensorBytes - weights) {
      throw Error(fmt::format(
          "{}: layer {}: up to it there are {} bytes of weights, {} of activations; at most {} of "
          "weights, {} in all",
          file, layer.name, weights, tensors, kMaxConstantBytes, kMaxTensorBytes));
    }
  }
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string LayerYaml(const WorkloadLayer& layer, const std::vector<WorkloadLayer>& all) {
  std::string text =
      fmt::format("name: {}, type: {}", Quoted(layer.name), WorkloadTypeName(layer.type));
  const auto put = [&](const char* field, auto value) {
    text += fmt::format(", {}: {}", field, value);
  };
  const auto input = [&](size_t i) {
    return Quoted(all[static_cast<size_t>(layer.inputs[i])].name);
  };
  if (layer.inputs.size() == 1) put("input", input(0));
  if (layer.inputs.size() == 2) put("inputs", fmt::format("[{}, {}]", input(0), input(1)));
  if (layer.type == WorkloadType::kMatmul) {
    put("M", layer.in_shape[0]);
    put("K", layer.in_shape[1]);
    put("N", layer.out_shape[1]);
  } else if (layer.inputs.empty()) {
    put("N", layer.in_shape[0]);
    put("C", layer.in_shape[3]);
    put("H", layer.in_shape[1]);
    put("W", layer.in_shape[2]);
  }
  const bool conv = layer.type == WorkloadType::kConv;
  if (conv || layer.type == WorkloadType::kDepthwise) put("M", layer.out_shape[3]);
  if (layer.type != WorkloadType::kMatmul && layer.type != WorkloadType::kAdd) {
    const Window& w = layer.window;
    put("R", w.kernel_h);
    put("S", w.kernel_w);
    put("stride", fmt::format("[{}, {}]", w.stride_h, w.stride_w));
    put("pad",
        fmt::format("[{}, {}, {}, {}]", w.pad_top, w.pad_left, w.pad_bottom, w.pad_right));
  }
  if (conv) put("groups", layer.groups);
  if (layer.inputs.empty()) put("activation_zeros", layer.activation_zeros);
  if (layer.has_weights()) put("weight_zeros", layer.weight_zeros);
  if (layer.has_weights() || layer.type == WorkloadType::kAdd) put("relu", layer.relu);
  return "  - {" + text + "}\n";
}

}  // namespace

const char* WorkloadTypeName(WorkloadType type) { return kTypeNames[static_cast<size_t>(type)]; }

int64_t WorkloadLayer::depth() const {
  const int64_t taps = int64_t{window.kernel_h} * window.kernel_w;
  if (type == WorkloadType::kDepthwise) return taps;
  return taps * (in_channels() / groups);
}

std::vector<int> WorkloadLayer::weight_shape() const {
  if (type == WorkloadType::kMatmul) return {out_channels(), in_channels()};
  if (type == WorkloadType::kDepthwise)
    return {1, window.kernel_h, window.kernel_w, out_channels()};
  return {out_channels(), window.kernel_h, window.kernel_w, in_channels() / groups};
}

Workload ParseWorkload(const std::string& yaml, const std::string& file) {
  if (yaml.size() > kMostYamlBytes) {
    throw Error(fmt::format("{}: {} bytes; a workload has at most {}", file, yaml.size(),
                            kMostYamlBytes));
  }
  YAML::Node root;
  try {
    root = YAML::Load(yaml);
  } catch (const YAML::Exception& e) {
    throw Error(fmt::format("{}: line {}: not YAML: {}", file, e.mark.line + 1, e.msg));
  }
  const WorkloadFields fields(root, file,
                              {"name", "source", "seed", "zeros", "zeros_kind", "layers"});
  Workload workload;
  workload.name = fields.Text("name", kMostName);
  workload.source = fields.Text("source", kMostSource);
  if (fields.Has("seed")) workload.seed = fields.Seed("seed");
  if (fields.Has("zeros")) workload.zeros = fields.Fraction("zeros");
  if (fields.Has("zeros_kind")) workload.zeros_kind = ReadKind(fields);
  const YAML::Node layers = fields.Get("layers");
  if (!layers.IsSequence() || layers.size() == 0 || layers.size() > kMostLayers)
    fields.Fail(fmt::format("layers: a list of 1 to {} layers is needed", kMostLayers));
  for (const YAML::Node& layer : layers)
    workload.layers.push_back(ReadLayer(layer, file, workload.layers));
  CheckTotals(workload, file);
  return workload;
}

std::string WorkloadToYaml(const Workload& workload) {
  std::string text = fmt::format("name: {}\nsource: {}\nseed: {}\n", Quoted(workload.name),
                                 Quoted(workload.source), workload.seed);
  if (workload.zeros) text += fmt::format("zeros: {}\n", *workload.zeros);
  text += fmt::format("zeros_kind: {}\nlayers:\n",
                      workload.zeros_kind == ZerosKind::kIid ? kIid : kClustered);
  for (const WorkloadLayer& layer : workload.layers) text += LayerYaml(layer, workload.layers);
  return text;
}

}  // namespace weft
