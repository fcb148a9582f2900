// SPDX-License-Identifier: Apache-2.0
// Command words read back: for the check of program files and for disassembly.

#ifndef WEFT_COMPILER_COMMAND_VIEW_H_
#define WEFT_COMPILER_COMMAND_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/spec_gen.h"

namespace weft {

// The value of a field of operand (or header) words.
inline int64_t GetField(const uint32_t* words, const spec::Field& field) {
  const uint32_t mask = field.width == 32 ? ~uint32_t{0} : (uint32_t{1} << field.width) - 1;
  const uint32_t value = words[field.word] >> field.lsb & mask;
  const bool negative = field.is_signed && (value >> (field.width - 1) & 1) != 0;
  return static_cast<int64_t>(value) - (negative ? int64_t{1} << field.width : 0);
}

// A command in a stream whose header has been checked.
struct CommandView {
  const spec::Command* kind = nullptr;
  size_t at = 0;     // of its first word
  size_t words = 0;  // with header
  uint32_t wait = 0, signal = 0, signal_feed = 0;
  int parity = 0;
  const uint32_t* operands = nullptr;

  size_t operand_words() const { return words - spec::kCommandHeaderWords; }
  int64_t Get(const spec::Field& field) const { return GetField(operands, field); }
};

// The command at word `at`: magic, opcode and length fit the stream, fixed commands have their
// length. False with the reason in *problem if not.
bool ViewCommand(const std::vector<uint32_t>& words, size_t at, CommandView* view,
                 std::string* problem);

}  // namespace weft

#endif  // WEFT_COMPILER_COMMAND_VIEW_H_
