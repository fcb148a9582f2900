// SPDX-License-Identifier: Apache-2.0
// 2,000 cut off, bit-flipped and overwritten program files, half of them with lengths and CRCs
// repaired so that the checks behind are reached: each must end in a program, which can be shown
// and written again, or in one weft::Error of one line. Meant for builds with WEFT_SANITIZE.

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <random>

#include "compiler/disassemble.h"
#include "compiler/import_tflite.h"
#include "compiler/import_workload.h"
#include "compiler/program_file.h"
#include "model/error.h"
#include "tests/support/models.h"
#include "tests/support/program_parts.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int kVariants = 2000;

std::vector<std::vector<uint8_t>> Seeds() {
  const fs::path folder = fs::path(WEFT_SOURCE_DIR);
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder / "tests/network/single_op"))
    if (entry.path().extension() == ".tflite") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::vector<uint8_t>> seeds;
  const char* const configs[] = {"weft168", "odd", "nano", "ecp5"};
  const auto add = [&](const fs::path& path, const char* config) {
    Program program = Compile(ImportTfliteFile(path.string()), LoadConfig(config));
    program.model_name = path.filename().string();
    program.model_bytes = test::ReadFile(path);
    seeds.push_back(WriteProgram(program));
  };
  Workload workload = ParseWorkload(
      "name: w\nsource: s\nlayers:\n- {name: a, type: conv, N: 1, C: 4, H: 5, W: 5, M: 6, R: 3, "
      "S: 3, relu: true}\n- {name: b, type: max_pool, input: a, R: 2, S: 2}\n",
      "w.yaml");
  Program program = Compile(ImportWorkload(workload, "w.yaml"), LoadConfig("odd"));
  program.model_name = "w.yaml";
  const std::string yaml = WorkloadToYaml(workload);
  program.model_bytes.assign(yaml.begin(), yaml.end());
  seeds.push_back(WriteProgram(program));
  for (const char* config : configs) add(folder / "zoo/digits/model.tflite", config);
  for (size_t i = 0; i < paths.size(); i += 10) add(paths[i], configs[i / 10 % 4]);
  return seeds;
}

// One to eight flipped bits, a word replaced by an extreme one, a cut, or a stretch copied
// elsewhere.
void Damage(std::vector<uint8_t>* bytes, std::mt19937* random) {
  const auto below = [&](size_t n) { return static_cast<size_t>((*random)()) % n; };
  if (bytes->empty()) return;
  switch (below(4)) {
    case 0:
      bytes->resize(below(bytes->size()));
      break;
    case 1:
      for (size_t n = 1 + below(8); n > 0; --n)
        (*bytes)[below(bytes->size())] ^= static_cast<uint8_t>(1u << below(8));
      break;
    case 2: {
      static constexpr uint32_t kWords[] = {0,          1,          0xffffffff, 0x7fffffff,
                                            0x80000000, 0x0000ffff, 0x5700ffff, 64};
      if (bytes->size() < 4) break;
      test::PutLe(kWords[below(8)], 4, bytes, below(bytes->size() / 4) * 4);
      break;
    }
    default: {
      const size_t length = 1 + below(64);
      if (bytes->size() <= length) break;
      const std::vector<uint8_t> old = *bytes;
      const auto from = old.begin() + static_cast<std::ptrdiff_t>(below(old.size() - length));
      std::copy(from, from + static_cast<std::ptrdiff_t>(length),
                bytes->begin() + static_cast<std::ptrdiff_t>(below(old.size() - length)));
    }
  }
}

std::vector<uint8_t> Variant(std::vector<uint8_t> file, std::mt19937* random) {
  if ((*random)() % 2 == 0) {
    Damage(&file, random);
    return file;
  }
  test::ProgramParts parts = test::TakeApart(file);
  const SectionIndex often[] = {kConf, kModl, kMaps, kCmds, kCmds, kCmds, kWght, kBind, kBind};
  Damage(&parts.sections[often[(*random)() % std::size(often)]], random);
  return test::PutTogether(parts);
}

TEST(ProgramFuzz, EveryVariantEndsInAProgramOrOneLine) {
  const std::vector<std::vector<uint8_t>> seeds = Seeds();
  std::map<std::string, int> outcomes;
  for (int i = 0; i < kVariants; ++i) {
    SCOPED_TRACE("variant " + std::to_string(i));
    std::mt19937 random(static_cast<uint32_t>(i));
    const std::vector<uint8_t> file = Variant(seeds[random() % seeds.size()], &random);
    try {
      const Program program = ReadProgram(file, "fuzz.weft");
      for (const Segment& segment : program.segments)
        Disassemble(segment.words, program.config, true);
      WriteProgram(program);
      ++outcomes["accepted"];
    } catch (const Error& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.rfind("fuzz.weft: ", 0), 0u) << line;
      EXPECT_LT(line.size(), 1000u) << line;
      for (char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
      EXPECT_EQ(error.status(), ExitStatus::kBadInput);
      const size_t section = line.find("section ");
      const size_t segment = line.find("segment ");
      ++outcomes[segment != std::string::npos   ? "refused: a command"
                 : section != std::string::npos ? "refused: " + line.substr(section, 12)
                                                : "refused: header or addresses"];
    }
  }
  for (const auto& [outcome, count] : outcomes)
    std::cout << count << " " << outcome << " (of " << seeds.size() << " files)\n";
  EXPECT_GT(outcomes["accepted"], 10);  // a damaged weight is still a weight
  EXPECT_LT(outcomes["accepted"], kVariants / 4);
  EXPECT_GT(outcomes["refused: a command"], 100);
}

}  // namespace
}  // namespace weft
