// SPDX-License-Identifier: Apache-2.0
// Reads a field of a command's operand words (of an entry of a pattern).
#pragma once

#include <cstdint>

#include "model/spec_gen.h"

namespace weft::model {

inline int32_t GetField(const uint32_t* words, const spec::Field& field) {
  const uint32_t raw = words[field.word] >> field.lsb;
  const int unused = 32 - field.width;
  return field.is_signed ? static_cast<int32_t>(raw << unused) >> unused
                         : static_cast<int32_t>(raw << unused >> unused);
}

}  // namespace weft::model
