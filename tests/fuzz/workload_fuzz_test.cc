// SPDX-License-Identifier: Apache-2.0
// 4,000 damaged workload files: each must end in a workload, which is written and read again, or in
// one weft::Error of one line. Meant for builds with WEFT_SANITIZE.

#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "compiler/workload.h"
#include "compiler/workload_scale.h"
#include "model/error.h"
#include "tests/support/models.h"

namespace weft {
namespace {

constexpr int kVariants = 4000;

// Characters replaced, a stretch copied elsewhere, a number made extreme, or a cut.
void Damage(std::string* text, std::mt19937* random) {
  static constexpr char kCharacters[] = "0123456789-.[]{}:,&*!\"'# \nabcNCHWMRS\xff";
  static const char* const kNumbers[] = {"0", "-1", "65535", "65536", "1e9", ".inf", "0x7f", "~"};
  const auto below = [&](size_t n) { return static_cast<size_t>((*random)()) % n; };
  switch (below(4)) {
    case 0:
      for (size_t n = 1 + below(4); n > 0; --n)
        (*text)[below(text->size())] = kCharacters[below(sizeof kCharacters - 1)];
      break;
    case 1: {
      const std::string part = text->substr(below(text->size()), 1 + below(60));
      text->insert(below(text->size()), part);
      break;
    }
    case 2: {
      const size_t at = text->find_first_of("0123456789", below(text->size()));
      if (at != std::string::npos) text->replace(at, 1, kNumbers[below(8)]);
      break;
    }
    default:
      text->resize(1 + below(text->size()));
  }
}

TEST(WorkloadFuzz, DamagedFilesEndInAWorkloadOrInOneLine) {
  std::vector<std::string> seeds;
  for (const char* name : {"alexnet", "mobilenet_v1", "bert_base"}) {
    const std::vector<uint8_t> bytes =
        test::ReadFile(std::string(WEFT_SOURCE_DIR) + "/workloads/" + name + ".yaml");
    seeds.emplace_back(bytes.begin(), bytes.end());
  }
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < kVariants; ++i) {
    std::string text = seeds[static_cast<size_t>(i) % seeds.size()];
    for (unsigned n = 1 + random() % 3; n > 0; --n) Damage(&text, &random);
    SCOPED_TRACE(text);
    try {
      const Workload workload = ParseWorkload(text, "w.yaml");
      for (const LayerScale& scale : ScaleLayers(workload)) ASSERT_GT(scale.scale, 0);
      const std::string yaml = WorkloadToYaml(workload);
      ASSERT_EQ(WorkloadToYaml(ParseWorkload(yaml, "again.yaml")), yaml);
      ++accepted;
    } catch (const Error& error) {
      const std::string line = error.what();
      ASSERT_EQ(line.rfind("w.yaml: ", 0), 0u) << line;
      ASSERT_EQ(line.find('\n'), std::string::npos) << line;
    }
  }
  std::cout << kVariants << " damaged files, " << accepted << " still workloads\n";
}

}  // namespace
}  // namespace weft
