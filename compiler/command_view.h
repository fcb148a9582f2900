// SPDX-License-Identifier: Apache-2.0
// Command words read back: for the check of program files and for disassembly.

#ifndef WEFT_COMPILER_COMMAND_VIEW_H_
#define WEFT_COMPILER_COMMAND_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/kept_words.h"
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
  size_t words = 0;  // in the stream, with header
  uint32_t wait = 0, signal = 0, signal_feed = 0, keep = 0;
  int parity = 0;
  const uint32_t* operands = nullptr;  // all of them, also those that are kept

  size_t operand_words() const {
    return kind->operand_words >= 0 ? static_cast<size_t>(kind->operand_words)
                                    : words - spec::kCommandHeaderWords;
  }
  int64_t Get(const spec::Field& field) const { return GetField(operands, field); }
};

// Goes through a stream.
class CommandReader {
 public:
  CommandReader(const std::vector<uint32_t>& words, const Config& config)
      : words_(&words), kept_(config) {}

  // The next command, good until the one after it is asked for: magic, opcode and length fit the
  // stream, fixed commands have their length, what is kept is held. False with the reason in
  // *problem if not.
  bool Next(CommandView* view, std::string* problem);
  size_t at() const { return at_; }  // of the next command
  bool done() const { return at_ >= words_->size(); }

 private:
  const std::vector<uint32_t>* words_;
  size_t at_ = 0;
  KeptWords kept_;
};

}  // namespace weft

#endif  // WEFT_COMPILER_COMMAND_VIEW_H_
