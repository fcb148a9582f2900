// SPDX-License-Identifier: Apache-2.0
// Filter rows that fall on padding leave their PEs idle. A layer of few rows loses much by that, so it can be
// computed as several: those of its output rows whose filters meet the image with the same rows, as a convolution
// of these rows alone. The price is their filters, read again.

#ifndef WEFT_COMPILER_SPLIT_H_
#define WEFT_COMPILER_SPLIT_H_

#include <vector>

#include "compiler/layer.h"

namespace weft {

// Parts of a conv layer from top to bottom, none with a filter row on padding. One: it has no such row, or the layer
// is not to be split (of another mode, or an output row sees padding only).
std::vector<ArrayLayer> SplitAtPadding(const ArrayLayer& layer);

// Fraction of the layer's pairs of output row and filter row that lie on padding.
double RowsOnPadding(const ArrayLayer& layer);

}  // namespace weft

#endif  // WEFT_COMPILER_SPLIT_H_
