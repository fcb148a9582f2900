// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_COMPILER_CEIL_DIV_H_
#define WEFT_COMPILER_CEIL_DIV_H_

#include <cstdint>

namespace weft {

// a / b, rounded up; a at least 0, b above 0.
constexpr int64_t CeilDivLong(int64_t a, int64_t b) { return (a + b - 1) / b; }
// Where the result is known to fit.
constexpr int CeilDiv(int64_t a, int64_t b) { return static_cast<int>(CeilDivLong(a, b)); }

}  // namespace weft

#endif  // WEFT_COMPILER_CEIL_DIV_H_
