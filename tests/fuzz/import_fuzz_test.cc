// SPDX-License-Identifier: Apache-2.0
// 2,000 cut off, bit-flipped and overwritten model files: each must end in a graph, which
// then runs, or in one weft::Error of one line. Meant for builds with WEFT_SANITIZE.

#include <gtest/gtest.h>

#include <cstring>
#include <iostream>
#include <map>
#include <random>

#include "compiler/import_tflite.h"
#include "compiler/reference.h"
#include "model/error.h"
#include "tests/support/models.h"
#include "tests/support/tflite_builder.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int kVariants = 2000;
constexpr uintmax_t kMaxFileBytes = 20000;  // where a flip is likely to hit structure

// Sound files to damage: the committed single-operator models, one made in memory, and the
// small real ones if they are there.
std::vector<std::vector<uint8_t>> Seeds() {
  std::vector<fs::path> paths;
  const fs::path folder = fs::path(WEFT_SOURCE_DIR) / "tests" / "network" / "single_op";
  if (fs::is_directory(folder)) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".tflite") paths.push_back(entry.path());
    }
  }
  for (const fs::path& path : test::TfliteModels()) paths.push_back(path);
  std::sort(paths.begin(), paths.end());
  std::vector<std::vector<uint8_t>> seeds = {test::Build(test::ConvModel())};
  for (const fs::path& path : paths) {
    if (fs::file_size(path) <= kMaxFileBytes) seeds.push_back(test::ReadFile(path));
  }
  return seeds;
}

std::vector<uint8_t> Damage(std::vector<uint8_t> file, std::mt19937* random) {
  const auto below = [&](size_t n) { return static_cast<size_t>((*random)()) % n; };
  switch (below(4)) {
    case 0:  // cut off
      file.resize(below(file.size()));
      break;
    case 1:  // one to eight flipped bits
      for (size_t n = 1 + below(8); n > 0; --n) {
        file[below(file.size())] ^= static_cast<uint8_t>(1u << below(8));
      }
      break;
    case 2: {  // a word replaced by an extreme one
      static constexpr uint32_t kWords[] = {0,          1,          0xffffffff, 0x7fffffff,
                                            0x80000000, 0x0000ffff, 0x7f800000, 0x40000000};
      const uint32_t word = kWords[below(8)];
      std::memcpy(&file[below(file.size() / 4) * 4], &word, 4);
      break;
    }
    default: {  // a stretch copied elsewhere
      const size_t length = 1 + below(64);
      if (file.size() <= length) break;
      const size_t from = below(file.size() - length), to = below(file.size() - length);
      std::memmove(&file[to], &file[from], length);
      break;
    }
  }
  return file;
}

// Runs graphs that are small enough to be quick; a damaged weight is still a weight.
bool RunIfSmall(const Graph& graph) {
  int64_t work = 0;
  for (const Tensor& tensor : graph.tensors) work += tensor.bytes();
  for (const Op& op : graph.ops) {
    work += CountMacs(graph, op).macs_padded / 16;
    if (const auto* pool = std::get_if<PoolAttrs>(&op.attrs)) {
      const Tensor& in = graph.input_of(op, 0);
      work += graph.output_of(op).bytes() * std::min(pool->window.kernel_h, in.dim(1)) *
              std::min(pool->window.kernel_w, in.dim(2));
    }
    if (const auto* conv = std::get_if<ConvAttrs>(&op.attrs)) {  // gathering walks every tap
      work += graph.output_of(op).bytes() * conv->window.kernel_h * conv->window.kernel_w / 4;
    }
  }
  if (work > 4'000'000) return false;
  std::vector<TensorData> inputs;
  for (int i : graph.inputs) {
    inputs.emplace_back(static_cast<size_t>(graph.tensor(i).bytes()), uint8_t{0x5a});
  }
  RunReference(graph, inputs);
  return true;
}

TEST(ImportFuzz, EveryVariantEndsInAGraphOrOneLine) {
  const std::vector<std::vector<uint8_t>> seeds = Seeds();
  std::map<std::string, int> outcomes;
  for (int i = 0; i < kVariants; ++i) {
    SCOPED_TRACE("variant " + std::to_string(i));
    std::mt19937 random(static_cast<uint32_t>(i));
    const std::vector<uint8_t> file = Damage(seeds[random() % seeds.size()], &random);
    try {
      const Graph graph = ImportTflite(file, "fuzz.tflite");
      ++outcomes[RunIfSmall(graph) ? "ran" : "accepted, too large to run"];
    } catch (const Error& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.rfind("fuzz.tflite: ", 0), 0u) << line;
      EXPECT_LT(line.size(), 1000u) << line;
      for (char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
      EXPECT_EQ(error.status(), ExitStatus::kBadInput);
      ++outcomes["refused"];
    }
  }
  for (const auto& [outcome, count] : outcomes) {
    std::cout << count << " " << outcome << " (of " << seeds.size() << " files)\n";
  }
  EXPECT_GT(outcomes["refused"], kVariants / 4);
  EXPECT_GT(outcomes["ran"], kVariants / 20);
}

// Every length of one file, so that no offset is special.
TEST(ImportFuzz, EveryTruncationIsRefused) {
  const std::vector<uint8_t> whole = test::Build(test::ConvModel());
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::vector<uint8_t> cut(whole.begin(),
                                   whole.begin() + static_cast<std::ptrdiff_t>(length));
    try {
      ImportTflite(cut, "fuzz.tflite");
      // The last bytes may be padding that no offset reaches.
      EXPECT_GT(length + 16, whole.size()) << length;
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace weft
