// SPDX-License-Identifier: Apache-2.0
// 4,000 damaged energy tables: each must end in a table with a finite cost for every event, or in one weft::Error of
// one line. Meant for builds with WEFT_SANITIZE.

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <random>

#include "model/energy.h"
#include "model/error.h"
#include "tests/support/models.h"

namespace weft {
namespace {

constexpr int kVariants = 4000;

void Damage(std::string* text, std::mt19937* random) {
  static constexpr char kCharacters[] = "0123456789-.[]{}:,&*!\"'# \nabcpJmW\xff";
  static const char* const kNumbers[] = {"0", "-1", "1e300", "1e-300", ".inf", ".nan", "~", "[]"};
  const auto below = [&](size_t n) { return static_cast<size_t>((*random)()) % n; };
  switch (below(3)) {
    case 0:
      (*text)[below(text->size())] = kCharacters[below(sizeof kCharacters - 1)];
      break;
    case 1: {
      const size_t at = text->find_first_of("0123456789", below(text->size()));
      if (at != std::string::npos) text->replace(at, 1, kNumbers[below(8)]);
      break;
    }
    default:
      text->insert(below(text->size()), text->substr(below(text->size()), 1 + below(60)));
  }
}

TEST(EnergyFuzz, DamagedTablesEndInATableOrInOneLine) {
  std::vector<std::string> seeds;
  for (const std::string& name : BuiltinEnergyTableNames()) seeds.push_back(LoadEnergyTable(name).text);
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < kVariants; ++i) {
    std::string text = seeds[static_cast<size_t>(i) % seeds.size()];
    for (unsigned n = 1 + random() % 2; n > 0; --n) Damage(&text, &random);
    SCOPED_TRACE(text);
    try {
      const EnergyTable table = ParseEnergyTable(text, "t.yaml");
      for (const char* config : {"weft168", "ecp5"})
        for (double pj : EventCosts(table, LoadConfig(config))) ASSERT_TRUE(std::isfinite(pj) && pj >= 0) << pj;
      ++accepted;
    } catch (const Error& error) {
      const std::string line = error.what();
      ASSERT_FALSE(line.empty());
      ASSERT_EQ(line.find('\n'), std::string::npos) << line;
    }
  }
  std::cout << kVariants << " damaged tables, " << accepted << " still tables\n";
  EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace weft
