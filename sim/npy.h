// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files, versions 1 to 3:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

#ifndef WEFT_SIM_NPY_H_
#define WEFT_SIM_NPY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"

namespace weft {

struct NpyArray {
  DType dtype = DType::kInt8;
  std::vector<int64_t> shape;
  std::vector<uint8_t> data;  // row-major, little-endian
};

// Throws Error; path stands for the file in messages.
NpyArray ParseNpy(const std::vector<uint8_t>& file, const std::string& path);

}  // namespace weft

#endif  // WEFT_SIM_NPY_H_
