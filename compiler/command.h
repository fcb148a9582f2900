// SPDX-License-Identifier: Apache-2.0
// Commands as the scheduler handles them: fields by name of spec, words at the end.

#ifndef WEFT_COMPILER_COMMAND_H_
#define WEFT_COMPILER_COMMAND_H_

#include <cstdint>
#include <vector>

#include "model/error.h"
#include "model/kept_words.h"
#include "model/spec_gen.h"

namespace weft {

struct Command {
  int opcode = 0;
  int parity = 0;
  uint32_t wait = 0, signal = 0, signal_feed = 0;  // semaphore masks
  std::vector<uint32_t> operands;

  Command() = default;
  Command(int op, int operand_words, int layer_parity)
      : opcode(op), parity(layer_parity), operands(static_cast<size_t>(operand_words), 0) {}

  // Refuses values that do not fit: a silent truncation would be a wrong tensor at the end.
  Command& Set(const spec::Field& field, int64_t value) {
    PackField(field, value, &operands[static_cast<size_t>(field.word)]);
    return *this;
  }

  static void PackField(const spec::Field& field, int64_t value, uint32_t* word) {
    const int64_t lowest = field.is_signed ? -(int64_t{1} << (field.width - 1)) : 0;
    const int64_t highest = (int64_t{1} << (field.is_signed ? field.width - 1 : field.width)) - 1;
    if (value < lowest || value > highest) {
      throw Error("internal: a command field of " + std::to_string(field.width) +
                  " bits cannot hold " + std::to_string(value));
    }
    const uint32_t mask = field.width == 32 ? ~uint32_t{0} : (uint32_t{1} << field.width) - 1;
    *word &= ~(mask << field.lsb);
    *word |= (static_cast<uint32_t>(value) & mask) << field.lsb;
  }

  // With the operand words that the engine does not hold already.
  void AppendTo(std::vector<uint32_t>* out, KeptWords* kept) const {
    const uint32_t keep = kept->Same(opcode, operands.data());
    const size_t at = out->size();
    out->resize(at + spec::kCommandHeaderWords);
    for (size_t i = 0; i < operands.size(); ++i)
      if (i == 0 || i > spec::kHeaderKeep.width || (keep >> (i - 1) & 1) == 0) out->push_back(operands[i]);
    (*out)[at] = static_cast<uint32_t>(opcode) | static_cast<uint32_t>(parity) << 7 |
                 static_cast<uint32_t>(out->size() - at) << 8 |
                 static_cast<uint32_t>(spec::kCommandMagic) << 24;
    (*out)[at + 1] = wait | signal << 8 | signal_feed << 16 | keep << spec::kHeaderKeep.lsb;
    kept->Next(opcode, 0, operands.data());
  }
};

}  // namespace weft

#endif  // WEFT_COMPILER_COMMAND_H_
