// SPDX-License-Identifier: Apache-2.0
// How often each tap of a kernel meets a value that is not zero. Padding is never met. What the multipliers
// must do follows from it: with filters, it is the layer's effectual MACs.

#ifndef WEFT_COMPILER_TAP_COUNTS_H_
#define WEFT_COMPILER_TAP_COUNTS_H_

#include <cstdint>
#include <vector>

#include "compiler/layer.h"

namespace weft {

// Where kernel and ifmap meet, along one side of the image.
struct TapGeometry {
  explicit TapGeometry(const ArrayLayer& layer);

  // Output rows whose tap r lies in the ifmap; output columns likewise.
  std::vector<int64_t> rows, cols;
  // Sums of those: pairs of output row and filter row that meet, of column and tap.
  int64_t RowPairs() const, ColumnPairs() const;
  // Output columns of which at least one of the taps s .. s+taps-1 lies in the ifmap.
  int64_t ColumnsOfAny(int s, int taps) const;
  // Ifmap columns that taps s .. s+taps-1 meet, each counted once.
  int64_t ColumnsMet(int s, int taps) const;
  // Ifmap rows and columns that any tap meets.
  int64_t RowsTouched() const, ColumnsTouched() const;

 private:
  const ArrayLayer& layer_;
};

struct TapCounts {
  bool dense = true;  // no value of the ifmap is zero
  int kernel_h = 1, kernel_w = 1;
  std::vector<int64_t> taps;  // [channel][r][s]: images x output positions at which it meets a nonzero value

  int64_t at(int channel, int r, int s) const {
    return taps[(static_cast<size_t>(channel) * static_cast<size_t>(kernel_h) + static_cast<size_t>(r)) *
                    static_cast<size_t>(kernel_w) + static_cast<size_t>(s)];
  }
  int64_t sum() const;
};

// With no zero in the ifmap.
TapCounts CountTaps(const ArrayLayer& layer);

// Of an ifmap: `bytes` is memory from the first byte of layer.in on, IfmapSpan(layer) of them.
TapCounts CountTaps(const ArrayLayer& layer, const uint8_t* bytes);
int64_t IfmapSpan(const ArrayLayer& layer);

}  // namespace weft

#endif  // WEFT_COMPILER_TAP_COUNTS_H_
