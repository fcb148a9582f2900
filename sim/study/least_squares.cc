// SPDX-License-Identifier: Apache-2.0
#include "sim/study/least_squares.h"

#include <Eigen/Dense>

namespace weft {

std::vector<double> LeastRelativeSquares(const std::vector<std::vector<double>>& rows,
                                         const std::vector<double>& values) {
  const auto height = static_cast<Eigen::Index>(rows.size()), width = static_cast<Eigen::Index>(rows.at(0).size());
  Eigen::MatrixXd a(height, width);
  for (Eigen::Index i = 0; i < height; ++i)
    for (Eigen::Index k = 0; k < width; ++k)
      a(i, k) = rows[static_cast<size_t>(i)][static_cast<size_t>(k)] / values[static_cast<size_t>(i)];
  const Eigen::VectorXd x = a.colPivHouseholderQr().solve(Eigen::VectorXd::Ones(height));
  return std::vector<double>(x.data(), x.data() + x.size());
}

}  // namespace weft
