// SPDX-License-Identifier: Apache-2.0
// Internal to the TFLite importer: one operator on its way into the graph, with the checks
// that most operators share. The Import... functions below fill OpImport::op from it.

#ifndef WEFT_COMPILER_IMPORT_TFLITE_OP_H_
#define WEFT_COMPILER_IMPORT_TFLITE_OP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"
#include "tflite_generated.h"

namespace weft::import_tflite {

namespace fbs = ::weft::tflite;

// Text that is safe inside a one-line message: printable ASCII, at most limit characters.
std::string Printable(const std::string& text, size_t limit = 120);

// A tensor's name up to the first ';' (converters join the names of fused operators).
std::string ShortName(const Tensor& tensor);

// Kernels, strides, dilations and pads beyond this are refused.
constexpr int kMaxWindow = 65535;

class OpImport {
 public:
  // graph holds all tensors; source's tensor indices are already checked.
  OpImport(const std::string& file, const Graph& graph, const fbs::Operator& source, OpKind kind,
           int index);

  Op op;

  // Throws "file: operator 3 (CONV_2D, output "x"): what".
  [[noreturn]] void Fail(const std::string& what) const;

  // Number of inputs between min and max (absent optional ones count), exactly one output.
  void ExpectInputs(int min, int max) const;
  int input_count() const;
  bool HasInput(int i) const;        // present and not the "absent" index -1
  int InputIndex(int i) const;       // fails if absent
  const Tensor& Input(int i) const;  // fails if absent
  const Tensor& Output() const;

  // Appends input i to op.inputs.
  void UseInput(int i);

  // The operator's options; fails if the file has none of this type.
  template <typename T>
  const T& Options() const {
    const T* options = source_.options_as<T>();
    if (options == nullptr) FailNoOptions();
    return *options;
  }
  // Null if the file has none of this type.
  template <typename T>
  const T* OptionalOptions() const {
    return source_.options_as<T>();
  }

  // int8, quantized with one scale. role is "input", "output", ...
  void ExpectInt8(const Tensor& tensor, const std::string& role) const;
  void ExpectQuantized(const Tensor& tensor, const std::string& role) const;
  void ExpectRank(const Tensor& tensor, int rank, const std::string& role) const;
  void ExpectConstant(const Tensor& tensor, const std::string& role) const;
  void ExpectOutputShape(const std::vector<int>& computed) const;
  void ExpectSameQuantization(const Tensor& a, const Tensor& b, const std::string& why) const;

  // Elements of a constant int32 or int64 input.
  std::vector<int64_t> ConstantIntegers(int i, const std::string& role) const;

  // The multiplier, or a failure if no engine can apply it.
  Multiplier Checked(Multiplier multiplier, const std::string& what) const;

  // Fused activation to clamp range of the output tensor; refuses TANH and SIGN_BIT.
  void ResolveActivation(fbs::Activation activation, int32_t* qmin, int32_t* qmax) const;

  // Resolves strides, dilation and SAME or VALID into a Window, and the output's height and
  // width.
  Window ResolveWindow(const Tensor& input, int kernel_h, int kernel_w, int stride_h, int stride_w,
                       int dilation_h, int dilation_w, fbs::Padding padding, int* out_h,
                       int* out_w) const;

 private:
  [[noreturn]] void FailNoOptions() const;

  const std::string& file_;
  const Graph& graph_;
  const fbs::Operator& source_;
};

// Lowest and highest value of a dtype of at most 32 bits.
int32_t DTypeMin(DType dtype);
int32_t DTypeMax(DType dtype);

void ImportConv2d(OpImport* import);
void ImportDepthwiseConv2d(OpImport* import);
void ImportFullyConnected(OpImport* import);
void ImportAdd(OpImport* import);
void ImportPool2d(OpImport* import);
void ImportMean(OpImport* import);
void ImportPad(OpImport* import);
void ImportRelu(OpImport* import);  // RELU and RELU6
void ImportReshape(OpImport* import);
void ImportTranspose(OpImport* import);
void ImportConcatenation(OpImport* import);
void ImportSoftmax(OpImport* import);
void ImportQuantize(OpImport* import);
void ImportDequantize(OpImport* import);

}  // namespace weft::import_tflite

#endif  // WEFT_COMPILER_IMPORT_TFLITE_OP_H_
