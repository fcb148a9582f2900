// SPDX-License-Identifier: Apache-2.0
// Twin of weft_requant and weft_requant_serial: when a requantized value is there. The values
// themselves are those of model/numerics.h.
#pragma once

#include <cstdint>

#include "model/numerics.h"
#include "model/time.h"

namespace weft::model {

// weft_requant: an operand taken in an enabled cycle shows after this many enabled cycles.
constexpr int kRequantCycles = 4;

// weft_requant_serial: bits of an operand, and of a short one (which counts 2^20 times).
constexpr int kSerialBits = 32;
constexpr int kSerialShortBits = 12;

// Exact for exponents -31..+1; up to 33 bits in single rounding.
inline int64_t RequantValue(int32_t x, Multiplier m, Rounding rounding) {
  return rounding == Rounding::kDouble ? int64_t{MultiplyDoubleRounding(x, m)}
                                       : MultiplySingleRounding(x, m);
}

// From the cycle of start to the first cycle in which done and the value show. (A left shift that
// wraps at 32 bits drops an operand bit and shifts once more than one that does not.)
inline Cycle SerialRequantCycles(int bits, int exponent) { return bits + 3 - exponent; }

}  // namespace weft::model
