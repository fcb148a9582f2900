// SPDX-License-Identifier: Apache-2.0
#include "compiler/import_tflite.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "compiler/import_tflite_op.h"
#include "compiler/import_tflite_operators.h"
#include "compiler/import_tflite_tensor.h"
#include "model/error.h"

namespace weft {
namespace {

using namespace import_tflite;  // NOLINT: the importer's own parts

// Verifies offsets, vectors and strings of everything the schema names.
const fbs::Model& Verified(const std::vector<uint8_t>& bytes, const std::string& file) {
  if (bytes.empty()) Fail(file, "the file is empty; a .tflite model is needed");
  if (bytes.size() < 8 || !fbs::ModelBufferHasIdentifier(bytes.data())) {
    Fail(file,
         "not a TFLite model (the letters TFL3 are missing at byte 4); a .tflite file is "
         "needed");
  }
  if (bytes.size() > static_cast<size_t>(kMaxTensorBytes)) {
    Fail(file, fmt::format("{} bytes is too large; a .tflite file has at most {}", bytes.size(),
                           kMaxTensorBytes));
  }
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!fbs::VerifyModelBuffer(verifier)) {
    Fail(file, fmt::format("the TFLite file is damaged or cut off at {} bytes (an offset points "
                           "outside of it); get a fresh copy",
                           bytes.size()));
  }
  const fbs::Model& model = *fbs::GetModel(bytes.data());
  if (model.version() != 3) {
    Fail(file, fmt::format("schema version {} is unknown; 3 is supported", model.version()));
  }
  if (model.subgraphs() == nullptr || model.subgraphs()->size() != 1) {
    Fail(file, fmt::format("the model has {} subgraphs; exactly one is supported (no control flow, "
                           "one signature)",
                           model.subgraphs() == nullptr ? 0 : model.subgraphs()->size()));
  }
  return model;
}

// Graph inputs and outputs: indices, types, and who writes what.
void ReadBorders(const fbs::SubGraph& sub, const std::string& file, Graph* graph) {
  const size_t count = graph->tensors.size();
  CheckIndices(sub.inputs(), 0, count, file, "the list of model inputs");
  CheckIndices(sub.outputs(), 0, count, file, "the list of model outputs");
  if (sub.inputs() != nullptr) graph->inputs.assign(sub.inputs()->begin(), sub.inputs()->end());
  if (sub.outputs() != nullptr) {
    graph->outputs.assign(sub.outputs()->begin(), sub.outputs()->end());
  }
  if (graph->inputs.empty() || graph->outputs.empty()) {
    Fail(file, fmt::format("the model has {} inputs and {} outputs; at least one of each is needed",
                           graph->inputs.size(), graph->outputs.size()));
  }
  for (const std::vector<int>* list : {&graph->inputs, &graph->outputs}) {
    const char* role = list == &graph->inputs ? "input" : "output";
    for (int i : *list) {
      const Tensor& t = graph->tensor(i);
      if (t.dtype != DType::kInt8 && t.dtype != DType::kUInt8 && t.dtype != DType::kFloat32) {
        Fail(file, fmt::format("model {} \"{}\" is {}; int8, uint8 and float32 are supported", role,
                               ShortName(t), DTypeName(t.dtype)));
      }
      if (t.is_constant) {
        Fail(file, fmt::format("model {} \"{}\" is a constant; it must be computed or fed", role,
                               ShortName(t)));
      }
    }
  }
}

// Imports the operators in order; every tensor is written once, before it is read.
void ReadOperators(const fbs::SubGraph& sub, const std::vector<SupportedOp>& supported,
                   const std::string& file, Graph* graph) {
  std::vector<bool> known(graph->tensors.size());
  for (size_t i = 0; i < known.size(); ++i) known[i] = graph->tensors[i].is_constant;
  for (int i : graph->inputs) {
    if (known[static_cast<size_t>(i)]) {
      Fail(file, fmt::format("model input \"{}\" is listed twice", ShortName(graph->tensor(i))));
    }
    known[static_cast<size_t>(i)] = true;
  }
  for (size_t i = 0; i < supported.size(); ++i) {
    const fbs::Operator& source = *sub.operators()->Get(static_cast<uint32_t>(i));
    OpImport import(file, *graph, source, supported[i].kind, static_cast<int>(i));
    for (int k = 0; k < import.input_count(); ++k) {
      if (import.HasInput(k) && !known[static_cast<size_t>(import.InputIndex(k))]) {
        import.Fail(
            fmt::format("input {} (\"{}\") is not computed by any operator before; "
                        "operators must be in execution order",
                        k, ShortName(import.Input(k))));
      }
    }
    const size_t output = static_cast<size_t>(import.op.outputs[0]);
    if (known[output]) {
      import.Fail("its output is also a constant, a model input or another operator's output");
    }
    supported[i].import(&import);
    known[output] = true;
    graph->ops.push_back(std::move(import.op));
  }
  for (int i : graph->outputs) {
    if (!known[static_cast<size_t>(i)]) {
      Fail(file, fmt::format("model output \"{}\" is not computed by any operator",
                             ShortName(graph->tensor(i))));
    }
  }
}

}  // namespace

Graph ImportTflite(const std::vector<uint8_t>& bytes, const std::string& name) {
  const std::string file = Printable(name, 400);
  const fbs::Model& model = Verified(bytes, file);
  const fbs::SubGraph& sub = *model.subgraphs()->Get(0);
  Graph graph;
  graph.name = file;
  const std::vector<SupportedOp> supported = LookUpOperators(model, sub, file);
  graph.tensors = ReadTensors(model, sub, file);
  ReadBorders(sub, file, &graph);
  ReadOperators(sub, supported, file, &graph);
  return graph;
}

Graph ImportTfliteFile(const std::string& path) {
  const std::string file = Printable(path, 400);
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = stream ? static_cast<std::streamoff>(stream.tellg()) : -1;
  if (size < 0 || size == std::numeric_limits<std::streamoff>::max()) {
    Fail(file, "cannot be opened; give the path of a readable .tflite file");
  }
  if (size > kMaxTensorBytes) {
    Fail(file, fmt::format("{} bytes is too large; a .tflite file has at most {}", size,
                           kMaxTensorBytes));
  }
  std::vector<uint8_t> bytes(static_cast<size_t>(size));
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!stream) Fail(file, "cannot be read to its end; give the path of a readable .tflite file");
  return ImportTflite(bytes, path);
}

}  // namespace weft
