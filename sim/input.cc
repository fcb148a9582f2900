// SPDX-License-Identifier: Apache-2.0
#include "sim/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "compiler/fill.h"
#include "compiler/random.h"
#include "model/error.h"
#include "sim/file_io.h"
#include "sim/npy.h"
#include "sim/png_input.h"

namespace weft {
namespace {

std::string Ending(const std::string& path) {
  const size_t dot = path.rfind('.');
  std::string ending = dot == std::string::npos ? "" : path.substr(dot);
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return ending;
}

[[noreturn]] void Refuse(const std::string& file, const std::string& what) {
  throw Error(fmt::format("{}: {}", file, what));
}

std::string Describe(const Tensor& t) {
  return fmt::format("input \"{}\" ({} {})", t.name, DTypeName(t.dtype), ShapeString(t.shape));
}

void CheckBytes(const Tensor& t, const std::string& file, int64_t bytes, int batch) {
  if (bytes == t.bytes() * batch) return;
  const bool fits = bytes > 0 && bytes % t.bytes() == 0;
  Refuse(file, fmt::format("{} bytes; {} needs {} for --batch {}; {}", bytes, Describe(t),
                           t.bytes() * batch, batch,
                           fits ? fmt::format("--batch {} fits", bytes / t.bytes())
                                : fmt::format("a file of N x {} bytes fits --batch N", t.bytes())));
}

// The array's shape is the tensor's, or N of them: [N, ...shape], or N times the first dimension.
// Leading ones count for nothing.
bool ShapeFits(const Tensor& t, std::vector<int64_t> shape, int batch) {
  const auto trim = [](std::vector<int64_t>* s) {
    s->erase(s->begin(), std::find_if(s->begin(), s->end(), [](int64_t d) { return d != 1; }));
  };
  std::vector<int64_t> one(t.shape.begin(), t.shape.end()), stacked = one;
  stacked.insert(stacked.begin(), batch);
  if (!one.empty()) one[0] *= batch;
  trim(&one);
  trim(&stacked);
  trim(&shape);
  // Without its leading ones a tensor of one image is the image: [N, 1, H, W, C] is [N, H, W, C].
  std::vector<int64_t> image(t.shape.begin(), t.shape.end());
  trim(&image);
  image.insert(image.begin(), batch);
  trim(&image);
  return shape == one || shape == stacked || shape == image;
}

TensorData FromNpy(const Tensor& t, const std::string& file, int batch) {
  NpyArray array = ParseNpy(ReadWholeFile(file), file);
  if (array.dtype != t.dtype) {
    Refuse(file, fmt::format("an array of {}; {} needs {}", DTypeName(array.dtype), Describe(t),
                             DTypeName(t.dtype)));
  }
  CheckBytes(t, file, static_cast<int64_t>(array.data.size()), batch);
  if (!ShapeFits(t, array.shape, batch)) {
    std::string shape;
    for (int64_t d : array.shape) shape += fmt::format("{}{}", shape.empty() ? "" : "x", d);
    Refuse(file, fmt::format("an array of shape {}; {} needs that shape, once per inference", shape,
                             Describe(t)));
  }
  return std::move(array.data);
}

TensorData FromPng(const Tensor& t, const std::string& file, int batch) {
  if (batch != 1)
    Refuse(file,
           fmt::format("a PNG is one image; --batch {} needs a raw file or .npy; --batch 1 fits",
                       batch));
  std::vector<int> image = t.shape;
  if (image.size() == 4 && image[0] == 1) image.erase(image.begin());
  if (image.size() == 2) image.push_back(1);
  if (image.size() != 3 || image[2] > 4) {
    Refuse(file,
           fmt::format("{} is no image of 1 to 4 channels; give a raw file or .npy", Describe(t)));
  }
  const PngImage png = ReadPng(ReadWholeFile(file), file, image[0], image[1], image[2]);
  TensorData data;
  for (uint8_t pixel : png.pixels) {
    if (t.dtype == DType::kFloat32) {
      const float value = static_cast<float>(pixel) / 255.0f;
      uint8_t bytes[sizeof value];
      std::memcpy(bytes, &value, sizeof value);
      data.insert(data.end(), bytes, bytes + sizeof value);
    } else {
      data.push_back(t.dtype == DType::kInt8 ? static_cast<uint8_t>(pixel - 128) : pixel);
    }
  }
  return data;
}

void CheckTotal(const Graph& graph, int batch) {
  for (int i : graph.inputs) {
    if (graph.tensor(i).bytes() <= INT32_MAX / batch) continue;
    throw Error(
        fmt::format("--batch {}: the inputs would pass 2 GiB; at most {} inferences at once", batch,
                    INT32_MAX / graph.tensor(i).bytes()),
        ExitStatus::kUsage);
  }
}

// Integers take every byte alike, float32 the multiples of 2^-23 in [-1, 1).
TensorData AnyBytes(const Tensor& t, int batch, uint64_t seed, size_t input) {
  SplitMix64 random(SplitMix64(seed + (uint64_t{input} << 48)).Next());
  TensorData data(static_cast<size_t>(t.bytes() * batch));
  if (t.dtype == DType::kFloat32) {
    for (size_t k = 0; k < data.size(); k += sizeof(float)) {
      const float value =
          static_cast<float>(static_cast<int64_t>(random.Next() >> 40) - (1 << 23)) * 0x1p-23f;
      std::memcpy(&data[k], &value, sizeof value);
    }
    return data;
  }
  for (size_t k = 0; k < data.size(); k += 8) {
    const uint64_t word = random.Next();
    std::memcpy(&data[k], &word, std::min<size_t>(8, data.size() - k));
  }
  return data;
}

}  // namespace

std::vector<TensorData> ReadInputs(const Graph& graph, const std::vector<std::string>& files,
                                   int batch) {
  if (files.size() != graph.inputs.size()) {
    throw Error(
        fmt::format("--input: {} files given; {} has {} inputs, each needs one, in this order",
                    files.size(), graph.name, graph.inputs.size()),
        ExitStatus::kUsage);
  }
  CheckTotal(graph, batch);
  std::vector<TensorData> inputs;
  for (size_t i = 0; i < files.size(); ++i) {
    const Tensor& t = graph.tensor(graph.inputs[i]);
    const std::string ending = Ending(files[i]);
    if (ending == ".npy") {
      inputs.push_back(FromNpy(t, files[i], batch));
    } else if (ending == ".png") {
      inputs.push_back(FromPng(t, files[i], batch));
    } else {
      inputs.push_back(ReadWholeFile(files[i]));
      CheckBytes(t, files[i], static_cast<int64_t>(inputs.back().size()), batch);
    }
  }
  return inputs;
}

std::vector<TensorData> RandomInputs(const Graph& graph, int batch, uint64_t seed) {
  CheckTotal(graph, batch);
  std::vector<TensorData> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const Tensor& t = graph.tensor(graph.inputs[i]);
    inputs.push_back(graph.fills.empty() ? AnyBytes(t, batch, seed, i)
                                         : FillActivations(graph.fills[i], t.shape, batch, seed));
  }
  return inputs;
}

}  // namespace weft
