// SPDX-License-Identifier: Apache-2.0
// Least squares without negative costs, and how far what they say is from what was measured.
#pragma once

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/energy/events.h"

namespace weft::energy {

// x >= 0 that minimizes |a x - b|: the active set method of Lawson and Hanson (1974).
inline Eigen::VectorXd NonNegativeLeastSquares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  constexpr double kTolerance = 1e-9;
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  std::vector<Eigen::Index> free;
  while (true) {
    Eigen::VectorXd gradient = a.transpose() * (b - a * x);
    for (const Eigen::Index k : free) gradient[k] = 0;
    Eigen::Index next;
    if (gradient.maxCoeff(&next) <= kTolerance) return x;
    free.push_back(next);
    while (true) {
      const Eigen::VectorXd solution = a(Eigen::all, free).colPivHouseholderQr().solve(b);
      if (solution.minCoeff() > 0) {
        x.setZero();
        for (size_t k = 0; k < free.size(); ++k) x[free[k]] = solution[static_cast<Eigen::Index>(k)];
        break;
      }
      double step = 1;
      for (size_t k = 0; k < free.size(); ++k) {
        const double from = x[free[k]], to = solution[static_cast<Eigen::Index>(k)];
        if (to <= 0) step = std::min(step, from / (from - to));
      }
      for (size_t k = 0; k < free.size(); ++k)
        x[free[k]] += step * (solution[static_cast<Eigen::Index>(k)] - x[free[k]]);
      const auto zero = [&](Eigen::Index k) { return x[k] <= kTolerance; };
      free.erase(std::remove_if(free.begin(), free.end(), zero), free.end());
    }
  }
}

struct Sample {
  Counts counts;
  double switching_pj;  // of the nets
  double clock_pj;      // known: a cost of a cycle
};

struct Error {  // relative, of windows
  double max = 0, mean = 0;
  double within = 0;  // share of windows with an error below a tenth
};

struct Fit {
  std::vector<Column> columns;
  std::vector<double> pj;  // by column
};

// Every window weighs the same: what is minimized is the relative error of its switching energy.
inline Fit FitCosts(const std::vector<Column>& columns, const std::vector<Sample>& samples) {
  Eigen::MatrixXd a(samples.size(), columns.size());
  for (size_t k = 0; k < samples.size(); ++k)
    for (size_t c = 0; c < columns.size(); ++c)
      a(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(c)) =
          static_cast<double>(Count(columns[c], samples[k].counts)) / samples[k].switching_pj;
  const Eigen::VectorXd x = NonNegativeLeastSquares(a, Eigen::VectorXd::Ones(a.rows()));
  return {columns, {x.data(), x.data() + x.size()}};
}

enum class Of { kAll, kSwitching };

// Of windows for which `chosen` holds.
template <typename F>
Error ErrorOf(const Fit& fit, const std::vector<Sample>& samples, Of of, F chosen) {
  Error error;
  int windows = 0;
  for (const Sample& s : samples) {
    if (!chosen(s)) continue;
    double told = 0;
    for (size_t c = 0; c < fit.columns.size(); ++c)
      told += fit.pj[c] * static_cast<double>(Count(fit.columns[c], s.counts));
    const double whole = s.switching_pj + (of == Of::kAll ? s.clock_pj : 0);
    const double off = std::abs(told - s.switching_pj) / whole;
    error.max = std::max(error.max, off);
    error.mean += off;
    error.within += off < 0.1;
    ++windows;
  }
  error.mean /= windows;
  error.within /= windows;
  return error;
}

}  // namespace weft::energy
