// SPDX-License-Identifier: Apache-2.0
// Where the real models with golden outputs lie, and reading files whole. Tests that need
// them skip, with the reason, when they are absent.

#ifndef WEFT_TESTS_SUPPORT_MODELS_H_
#define WEFT_TESTS_SUPPORT_MODELS_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace weft::test {

// $WEFT_MODELS, else ../shared/models beside the source tree.
inline std::filesystem::path ModelsDir() {
  const char* env = std::getenv("WEFT_MODELS");
  return env != nullptr ? std::filesystem::path(env)
                        : std::filesystem::path(WEFT_SOURCE_DIR) / ".." / "shared" / "models";
}

inline std::string NoModels() {
  return "no models at " + ModelsDir().string() + " (set WEFT_MODELS to their folder)";
}

inline std::vector<uint8_t> ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Every model.tflite below mlperf_tiny and tflite, sorted.
inline std::vector<std::filesystem::path> TfliteModels() {
  std::vector<std::filesystem::path> models;
  for (const char* folder : {"mlperf_tiny", "tflite"}) {
    if (!std::filesystem::is_directory(ModelsDir() / folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(ModelsDir() / folder)) {
      const auto model = entry.path() / "model.tflite";
      if (std::filesystem::exists(model)) models.push_back(model);
    }
  }
  std::sort(models.begin(), models.end());
  return models;
}

// Labels of the in_LABEL.bin files beside a model.
inline std::vector<std::string> InputLabels(const std::filesystem::path& folder) {
  std::vector<std::string> labels;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind("in_", 0) == 0 && entry.path().extension() == ".bin")
      labels.push_back(name.substr(3, name.size() - 7));
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_MODELS_H_
