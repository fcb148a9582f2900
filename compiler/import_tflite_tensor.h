// SPDX-License-Identifier: Apache-2.0
// Internal to the TFLite importer: tensors with their shapes, scales and constants.

#ifndef WEFT_COMPILER_IMPORT_TFLITE_TENSOR_H_
#define WEFT_COMPILER_IMPORT_TFLITE_TENSOR_H_

#include <string>
#include <vector>

#include "compiler/graph.h"
#include "tflite_generated.h"

namespace weft::import_tflite {

// All tensors of the subgraph, each checked on its own; failures name tensor and file.
std::vector<Tensor> ReadTensors(const ::weft::tflite::Model& model,
                                const ::weft::tflite::SubGraph& sub, const std::string& file);

}  // namespace weft::import_tflite

#endif  // WEFT_COMPILER_IMPORT_TFLITE_TENSOR_H_
