// SPDX-License-Identifier: Apache-2.0
// The first pass of an array layer drawn on the array. Which unit is where follows docs/mapping.md "Two lists" and
// compiler/pass_pattern.cc.

#ifndef WEFT_SIM_REPORT_ARRAY_H_
#define WEFT_SIM_REPORT_ARRAY_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "sim/report/run.h"

namespace weft::report {

class ArrayPicture {
 public:
  struct Unit {
    int64_t filter_group, position;
  };
  using Units = std::map<std::pair<int64_t, int64_t>, Unit>;  // by segment and column

  // The run knows rows and columns of its array; the drawing stays.
  ArrayPicture(const Run& run, const Drawing& drawing);

  // HTML. name: of the layers that are mapped so.
  std::string Svg(const std::string& name) const;
  std::string Tables(const std::string& name) const;

 private:
  std::string Pe(int64_t row, int64_t col) const;

  const Drawing& d_;
  const int64_t rows_, cols_;
  const Units units_;
};

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_ARRAY_H_
