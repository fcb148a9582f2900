// SPDX-License-Identifier: Apache-2.0
#include "compiler/split.h"

#include "compiler/tap_counts.h"

namespace weft {
namespace {

// Filter rows that meet the image, [first, end).
struct Live {
  int first, end;
  bool operator==(const Live& other) const { return first == other.first && end == other.end; }
};

int InputRow(const ArrayLayer& l, int y, int r) { return y * l.stride_h - l.pad_top + r * l.dilation_h; }

Live LiveRows(const ArrayLayer& l, int y) {
  Live live{0, l.kernel_h};
  while (live.first < live.end && InputRow(l, y, live.first) < 0) ++live.first;
  while (live.first < live.end && InputRow(l, y, live.end - 1) >= l.in.h) --live.end;
  return live;
}

void KeepRows(View* view, int first, int count) {
  view->offset += first * view->h_stride;
  view->h = count;
}

// Output rows [y0, y1).
ArrayLayer Part(const ArrayLayer& layer, int y0, int y1, const Live& live) {
  ArrayLayer part = layer;
  const int begin = InputRow(layer, y0, live.first), end = InputRow(layer, y1 - 1, live.end - 1) + 1;
  KeepRows(&part.in, begin, end - begin);
  KeepRows(&part.out, y0, y1 - y0);
  if (part.has_residual) KeepRows(&part.residual, y0, y1 - y0);
  part.kernel_h = live.end - live.first;
  part.pad_top = 0;
  const auto row = static_cast<std::ptrdiff_t>(layer.kernel_w) * layer.channels();
  part.weights.clear();
  for (int f = 0; f < layer.filters(); ++f) {
    const auto filter = layer.weights.begin() + f * layer.kernel_h * row;
    part.weights.insert(part.weights.end(), filter + live.first * row, filter + live.end * row);
  }
  return part;
}

}  // namespace

std::vector<ArrayLayer> SplitAtPadding(const ArrayLayer& layer) {
  if (layer.mode != LayerMode::kConv) return {layer};
  std::vector<ArrayLayer> parts;
  for (int y0 = 0, y1 = 0; y0 < layer.out.h; y0 = y1) {
    const Live live = LiveRows(layer, y0);
    if (live.first == live.end) return {layer};
    for (y1 = y0 + 1; y1 < layer.out.h && LiveRows(layer, y1) == live;) ++y1;
    parts.push_back(Part(layer, y0, y1, live));
  }
  return parts;
}

double RowsOnPadding(const ArrayLayer& layer) {
  return 1 - static_cast<double>(TapGeometry(layer).RowPairs()) / (static_cast<double>(layer.out.h) * layer.kernel_h);
}

}  // namespace weft
