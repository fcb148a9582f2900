// SPDX-License-Identifier: Apache-2.0
// Storage of equal area for dataflows, as in Chen, Emer, Sze, ISCA 2016, equation (2): with a smaller RF a dataflow
// has a larger GLB.

#ifndef WEFT_COMPILER_DATAFLOW_STORAGE_H_
#define WEFT_COMPILER_DATAFLOW_STORAGE_H_

#include <cstdint>
#include <vector>

namespace weft {

// Area of memories: per byte given at some sizes, straight lines between, constant outside.
class AreaCurve {
 public:
  struct Point {
    double bytes, per_byte;
  };
  explicit AreaCurve(std::vector<Point> points);  // rising in bytes, one or more

  double Area(double bytes) const;
  // Bytes of a memory beyond the last point.
  double LargeMemory(double area) const { return area / points_.back().per_byte; }

 private:
  std::vector<Point> points_;
};

// Every PE has 512 bytes of RF in the baseline, and the GLB 512 bytes for every PE.
double BaselineArea(const AreaCurve& curve, int64_t pes);

// Of the GLB that leaves the area of RFs and GLB together at the baseline's; it must come out as a large memory.
int64_t GlbBytes(const AreaCurve& curve, int64_t pes, int64_t rf_bytes);

}  // namespace weft

#endif  // WEFT_COMPILER_DATAFLOW_STORAGE_H_
