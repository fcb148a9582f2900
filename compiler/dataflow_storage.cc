// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataflow_storage.h"

#include <cmath>
#include <utility>

namespace weft {

AreaCurve::AreaCurve(std::vector<Point> points) : points_(std::move(points)) {}

double AreaCurve::Area(double bytes) const {
  if (bytes <= points_.front().bytes) return bytes * points_.front().per_byte;
  for (size_t i = 1; i < points_.size(); ++i) {
    const Point &low = points_[i - 1], &high = points_[i];
    if (bytes > high.bytes) continue;
    const double along = (bytes - low.bytes) / (high.bytes - low.bytes);
    return bytes * (low.per_byte + along * (high.per_byte - low.per_byte));
  }
  return bytes * points_.back().per_byte;
}

double BaselineArea(const AreaCurve& curve, int64_t pes) {
  return static_cast<double>(pes) * curve.Area(512) + curve.Area(512.0 * static_cast<double>(pes));
}

int64_t GlbBytes(const AreaCurve& curve, int64_t pes, int64_t rf_bytes) {
  const double rfs = static_cast<double>(pes) * curve.Area(static_cast<double>(rf_bytes));
  return std::llround(curve.LargeMemory(BaselineArea(curve, pes) - rfs));
}

}  // namespace weft
