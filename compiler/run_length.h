// SPDX-License-Identifier: Apache-2.0
// Run-length coding of zeros as Eyeriss stores feature maps (JSSC 2017, section IV-B): a pair is a number of zeros, up
// to the most that run_bits hold, and the value behind them, whatever it is; `pairs` of them and a last bit, set in the
// last word of a stream, make a word.

#ifndef WEFT_COMPILER_RUN_LENGTH_H_
#define WEFT_COMPILER_RUN_LENGTH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft {

struct RunLengthCode {
  int run_bits = 5, value_bits = 16, pairs = 3, word_bits = 64;

  int64_t longest_run() const { return (int64_t{1} << run_bits) - 1; }
};

// Throws Error if a field is out of range or the pairs and the last bit do not fit the word (at most 64 bits).
void CheckRunLengthCode(const RunLengthCode& code);

// Pair 0 is in the lowest bits of a word, its run below its value; the last bit is the highest. Zeros that end a
// stream are a run and a value of zero. Throws Error on a value of more than value_bits.
std::vector<uint64_t> RunLengthEncode(const RunLengthCode& code, const std::vector<uint32_t>& values);

// The first `count` values of a stream; pairs that only fill its last word are zeros. Throws Error if it holds fewer,
// if they end before its last word, or if a last bit is not where it ends.
std::vector<uint32_t> RunLengthDecode(const RunLengthCode& code, const std::vector<uint64_t>& words, size_t count);

// Bytes of a long stream of `values` values of which each is zero with probability `zeros`, whatever the others are:
// in closed form, since a pair holds 1 + z + ... + z^longest_run values on average. Not rounded up to words.
double RunLengthExpectedBytes(const RunLengthCode& code, double values, double zeros);

}  // namespace weft

#endif  // WEFT_COMPILER_RUN_LENGTH_H_
