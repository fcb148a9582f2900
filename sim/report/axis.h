// SPDX-License-Identifier: Apache-2.0
// A logarithmic axis of a chart.

#ifndef WEFT_SIM_REPORT_AXIS_H_
#define WEFT_SIM_REPORT_AXIS_H_

#include <algorithm>
#include <cmath>
#include <vector>

namespace weft::report {

// Add() all values, then Round() to 1, 2, 5, 10, ... below and above them.
class Axis {
 public:
  void Add(double value) {
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  void Round() {
    low_ = Nice(low_ / 1.1, false);
    high_ = Nice(high_ * 1.1, true);
  }
  double low() const { return low_; }
  double high() const { return high_; }

  // 0 to 100.
  double At(double value) const { return 100 * std::log(value / low_) / std::log(high_ / low_); }

  std::vector<double> Ticks() const {
    std::vector<double> ticks;
    const bool decades = high_ / low_ > 2000;
    for (int e = static_cast<int>(std::floor(std::log10(low_))); std::pow(10, e) <= high_ * kClose; ++e)
      for (const double digit : {1, 2, 5}) {
        const double tick = digit * std::pow(10, e);
        if ((digit == 1 || !decades) && tick >= low_ / kClose && tick <= high_ * kClose) ticks.push_back(tick);
      }
    return ticks;
  }

 private:
  static constexpr double kClose = 1.0001;

  static double Nice(double value, bool up) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    double below = power;
    for (const double digit : {1, 2, 5, 10}) {
      if (digit * power >= value * (up ? 1 / kClose : kClose)) return up ? digit * power : below;
      below = digit * power;
    }
    return up ? 10 * power : 5 * power;
  }

  double low_ = 1e300, high_ = 0;
};

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_AXIS_H_
