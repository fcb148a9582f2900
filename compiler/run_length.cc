// SPDX-License-Identifier: Apache-2.0
#include "compiler/run_length.h"

#include <fmt/format.h>

#include <cmath>

#include "model/error.h"

namespace weft {
namespace {

uint64_t Mask(int bits) { return (uint64_t{1} << bits) - 1; }

int PairBits(const RunLengthCode& code) { return code.run_bits + code.value_bits; }

uint64_t LastBit(const RunLengthCode& code) { return uint64_t{1} << (code.word_bits - 1); }

}  // namespace

void CheckRunLengthCode(const RunLengthCode& code) {
  const auto check = [](const char* field, int value, int lowest, int highest) {
    if (value < lowest || value > highest)
      throw Error(fmt::format("run-length code: {} = {}; {} to {}", field, value, lowest, highest));
  };
  check("run_bits", code.run_bits, 1, 16);
  check("value_bits", code.value_bits, 1, 32);
  check("word_bits", code.word_bits, 8, 64);
  check("pairs", code.pairs, 1, (code.word_bits - 1) / PairBits(code));
}

std::vector<uint64_t> RunLengthEncode(const RunLengthCode& code, const std::vector<uint32_t>& values) {
  CheckRunLengthCode(code);
  std::vector<uint64_t> words;
  int64_t run = 0;
  int pairs = code.pairs;  // in the last of `words`
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] > Mask(code.value_bits))
      throw Error(fmt::format("run-length code: value {} does not fit {} bits", values[i], code.value_bits));
    if (values[i] == 0 && run < code.longest_run() && i + 1 < values.size()) {
      ++run;
      continue;
    }
    if (pairs == code.pairs) {
      words.push_back(0);
      pairs = 0;
    }
    const uint64_t pair = static_cast<uint64_t>(run) | uint64_t{values[i]} << code.run_bits;
    words.back() |= pair << (pairs++ * PairBits(code));
    run = 0;
  }
  if (!words.empty()) words.back() |= LastBit(code);
  return words;
}

std::vector<uint32_t> RunLengthDecode(const RunLengthCode& code, const std::vector<uint64_t>& words, size_t count) {
  CheckRunLengthCode(code);
  std::vector<uint32_t> values;
  for (size_t w = 0; w < words.size(); ++w) {
    if (((words[w] & LastBit(code)) != 0) != (w + 1 == words.size()))
      throw Error(fmt::format("run-length code: the last bit of word {} of {} is wrong", w, words.size()));
    for (int k = 0; k < code.pairs && values.size() < count; ++k) {
      const uint64_t pair = words[w] >> (k * PairBits(code));
      values.insert(values.end(), pair & Mask(code.run_bits), 0);
      values.push_back(static_cast<uint32_t>(pair >> code.run_bits & Mask(code.value_bits)));
    }
    if (values.size() >= count && w + 1 < words.size())
      throw Error(fmt::format("run-length code: {} words; {} values end in word {}", words.size(), count, w));
  }
  if (values.size() != count)
    throw Error(fmt::format("run-length code: {} words hold {} values, not {}", words.size(), values.size(), count));
  return values;
}

double RunLengthExpectedBytes(const RunLengthCode& code, double values, double zeros) {
  CheckRunLengthCode(code);
  if (!(zeros >= 0 && zeros <= 1)) throw Error(fmt::format("run-length code: zero fraction {}; 0 to 1", zeros));
  const double most = static_cast<double>(code.longest_run() + 1);
  const double values_per_pair = zeros == 1 ? most : (1 - std::pow(zeros, most)) / (1 - zeros);
  return values / values_per_pair / code.pairs * code.word_bits / 8;
}

}  // namespace weft
