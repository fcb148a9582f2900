// SPDX-License-Identifier: Apache-2.0
// TFLite to graph. Every offset, index, shape, buffer length and quantization parameter is
// checked before it is used; a file that cannot be used ends in one weft::Error of one
// line (file, what, where, what would work), whatever its bytes are.

#ifndef WEFT_COMPILER_IMPORT_TFLITE_H_
#define WEFT_COMPILER_IMPORT_TFLITE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"

namespace weft {

// All tensors of a model together, and all of its constants.
constexpr int64_t kMaxTensorBytes = (int64_t{1} << 31) - 1;
constexpr int64_t kMaxConstantBytes = int64_t{1} << 30;

// name stands for the model in messages.
Graph ImportTflite(const std::vector<uint8_t>& file, const std::string& name);

// Reads the file, then as above.
Graph ImportTfliteFile(const std::string& path);

}  // namespace weft

#endif  // WEFT_COMPILER_IMPORT_TFLITE_H_
