// SPDX-License-Identifier: Apache-2.0
// What an engine holds of its commands' operand words, which the header of a later one may keep (docs/commands.md):
// of one stream, from its start on.
#ifndef WEFT_MODEL_KEPT_WORDS_H_
#define WEFT_MODEL_KEPT_WORDS_H_

#include <cstdint>

#include "model/config.h"

namespace weft {

class KeptWords {
 public:
  explicit KeptWords(const Config& config) : moves_(config.keeps_moves()) {}

  // What the next command of this kind may keep, as header field `keep`.
  uint32_t Held(int opcode) const {
    const spec::Command* c = KeepingCommand(opcode);
    if (c == nullptr || (opcode != spec::kOpPass && !moves_)) return 0;
    const Engine& e = engines_[EngineOf(opcode)];
    return e.held & ((1u << (c->operand_words - 1)) - 1);
  }
  // The words of that which are the same in `operands`.
  uint32_t Same(int opcode, const uint32_t* operands) const {
    uint32_t same = Held(opcode);
    for (int i = 1; i < kMost; ++i)
      if ((same >> (i - 1) & 1) && engines_[EngineOf(opcode)].words[i] != operands[i]) same &= ~(1u << (i - 1));
    return same;
  }
  // The next command, of whose operand words the stream has those that `keep` leaves; all of them.
  const uint32_t* Next(int opcode, uint32_t keep, const uint32_t* stream) {
    if (opcode == spec::kOpEndLayer) engines_[spec::kQueueSt].held &= ~1u;  // takes words 0 and 1
    const spec::Command* c = KeepingCommand(opcode);
    if (c == nullptr) return stream;
    Engine& e = engines_[EngineOf(opcode)];
    e.held = ~0u;
    for (int i = 0; i < c->operand_words; ++i)
      if (i == 0 || !(keep >> (i - 1) & 1)) e.words[i] = *stream++;
    return e.words;
  }

 private:
  static constexpr int kMost = spec::kPassOperandWords;
  struct Engine {
    uint32_t held = 0;
    uint32_t words[kMost] = {};
  };
  static const spec::Command* KeepingCommand(int opcode) {
    for (const spec::Command& c : spec::kCommands)
      if (c.keeps && c.opcode == opcode) return &c;
    return nullptr;
  }
  static int EngineOf(int opcode) {
    return opcode == spec::kOpLoadF   ? spec::kQueueFl
           : opcode == spec::kOpLoadI ? spec::kQueueIl
           : opcode == spec::kOpStore ? spec::kQueueSt
                                      : spec::kQueueC;
  }

  bool moves_;
  Engine engines_[spec::kQueueCount];
};

}  // namespace weft

#endif  // WEFT_MODEL_KEPT_WORDS_H_
