// SPDX-License-Identifier: Apache-2.0
// Timed twin of rtl/array/weft_gather.sv:
//   accepted(k) = max(offered(k), accepted(k-1) + 1, popped(row of k - OutRows) + 1)
//   visible(row) = accepted(last word of the row) + 1
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/time.h"

namespace weft::model {

class Gather {
 public:
  Gather(int post_lanes, int out_rows)
      : lanes_(post_lanes), rows_(static_cast<size_t>(out_rows)),
        words_(static_cast<size_t>(post_lanes) * out_rows) {}

  // First cycle >= offered in which the next word is accepted; kNever if a pop must be told first.
  Cycle Ready(Cycle offered) const {
    if (lane_ == 0 && full_ == rows_.size()) return kNever;
    return std::max(offered, lane_ == 0 ? std::max(free_, rows_[write_].free) : free_);
  }
  // A word is accepted in `cycle`.
  void Accept(Cycle cycle, int32_t value, bool last) {
    Row& row = rows_[write_];
    words_[write_ * static_cast<size_t>(lanes_) + static_cast<size_t>(lane_)] = value;
    free_ = cycle + 1;
    if (++lane_ == lanes_ || last) {
      row.visible = cycle + 1;
      row.count = lane_;
      lane_ = 0;
      write_ = Next(write_);
      ++full_;
    }
  }
  // The oldest complete row.
  bool HasRow() const { return full_ > 0; }
  Cycle RowVisible() const { return rows_[read_].visible; }
  int RowCount() const { return rows_[read_].count; }  // words that are defined
  const int32_t* RowWords() const { return &words_[read_ * static_cast<size_t>(lanes_)]; }
  void Pop(Cycle cycle) {
    rows_[read_].free = cycle + 1;
    read_ = Next(read_);
    --full_;
  }

 private:
  struct Row {
    Cycle visible = 0, free = 0;
    int count = 0;
  };
  size_t Next(size_t row) const { return row + 1 == rows_.size() ? 0 : row + 1; }

  int lanes_, lane_ = 0;
  std::vector<Row> rows_;
  std::vector<int32_t> words_;
  size_t write_ = 0, read_ = 0, full_ = 0;
  Cycle free_ = 0;
};

}  // namespace weft::model
