// SPDX-License-Identifier: Apache-2.0
// Linear least squares, for constants that a study fits.

#ifndef WEFT_SIM_STUDY_LEAST_SQUARES_H_
#define WEFT_SIM_STUDY_LEAST_SQUARES_H_

#include <vector>

namespace weft {

// The x for which the sum over i of (rows[i] . x / values[i] - 1)^2, the squared relative errors, is least. The
// values are not 0; there are at least as many rows as constants, and they determine them.
std::vector<double> LeastRelativeSquares(const std::vector<std::vector<double>>& rows,
                                         const std::vector<double>& values);

}  // namespace weft

#endif  // WEFT_SIM_STUDY_LEAST_SQUARES_H_
