// SPDX-License-Identifier: Apache-2.0
// Internal to the TFLite importer: the table of supported operators.

#ifndef WEFT_COMPILER_IMPORT_TFLITE_OPERATORS_H_
#define WEFT_COMPILER_IMPORT_TFLITE_OPERATORS_H_

#include <string>
#include <vector>

#include "compiler/import_tflite_op.h"

namespace weft::import_tflite {

struct SupportedOp {
  fbs::BuiltinOperator code;
  OpKind kind;
  void (*import)(OpImport*);
};

// Throws "file: what".
[[noreturn]] void Fail(const std::string& file, const std::string& what);

// Checks that every tensor index is within [lowest, count).
void CheckIndices(const flatbuffers::Vector<int32_t>* indices, int lowest, size_t count,
                  const std::string& file, const std::string& where);

// Checks the tensor indices of all operators and looks each up, before anything else is
// judged: an unsupported operator is the most useful thing to tell. One entry per operator.
std::vector<SupportedOp> LookUpOperators(const fbs::Model& model, const fbs::SubGraph& sub,
                                         const std::string& file);

}  // namespace weft::import_tflite

#endif  // WEFT_COMPILER_IMPORT_TFLITE_OPERATORS_H_
