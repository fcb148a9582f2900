// SPDX-License-Identifier: Apache-2.0
// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED.

#include <fmt/format.h>

#include "compiler/import_tflite_op.h"

namespace weft::import_tflite {
namespace {

// Weights int8, constant, one scale or one per output channel along channel_axis.
void CheckWeights(const OpImport& import, const Tensor& weights, int channel_axis) {
  import.ExpectConstant(weights, "weights");
  if (weights.dtype != DType::kInt8) {
    import.Fail(
        fmt::format("weights \"{}\" are {}; only int8 is supported (export the model with "
                    "full integer quantization)",
                    ShortName(weights), DTypeName(weights.dtype)));
  }
  if (weights.scales.empty()) {
    import.Fail(
        fmt::format("weights \"{}\" have no scale; they need one, or one per output channel",
                    ShortName(weights)));
  }
  if (weights.scales.size() > 1 && weights.quantized_axis != channel_axis) {
    import.Fail(
        fmt::format("weights \"{}\" have scales along dimension {}; output channels are "
                    "dimension {}",
                    ShortName(weights), weights.quantized_axis, channel_axis));
  }
}

// Bias (optional input 2): int32, constant, one per output channel, zero point 0.
void UseBias(OpImport* import, int channels) {
  if (!import->HasInput(2)) return;
  const Tensor& bias = import->Input(2);
  import->ExpectConstant(bias, "bias");
  if (bias.dtype != DType::kInt32) {
    import->Fail(fmt::format("bias \"{}\" is {}; only int32 is supported", ShortName(bias),
                             DTypeName(bias.dtype)));
  }
  if (bias.elements() != channels) {
    import->Fail(fmt::format("bias \"{}\" has {} elements; {} output channels need as many",
                             ShortName(bias), bias.elements(), channels));
  }
  for (int32_t zero_point : bias.zero_points) {
    if (zero_point != 0) {
      import->Fail(
          fmt::format("bias \"{}\" has zero point {}; it must be 0", ShortName(bias), zero_point));
    }
  }
  import->UseInput(2);
}

// Weight zero points and output multipliers, one per output channel.
void ResolveChannels(OpImport* import, int channels, std::vector<int32_t>* weight_zero_points,
                     OutputStage* stage) {
  const Tensor& input = import->Input(0);
  const Tensor& weights = import->Input(1);
  const Tensor& output = import->Output();
  const bool per_channel = weights.scales.size() > 1;
  const bool fully_connected = import->op.kind == OpKind::kFullyConnected;
  stage->zero_point = output.zero_point();
  for (int c = 0; c < channels; ++c) {
    const size_t k = per_channel ? static_cast<size_t>(c) : 0;
    const Multiplier m =
        fully_connected && !per_channel
            ? FullyConnectedMultiplier(input.scale(), weights.scales[k], output.scale())
            : ConvMultiplier(input.scale(), weights.scales[k], output.scale());
    stage->multipliers.push_back(import->Checked(m, fmt::format("output channel {}", c)));
    weight_zero_points->push_back(weights.zero_points[k]);
  }
}

void CheckConvTensors(const OpImport& import, int channel_axis) {
  import.ExpectInputs(2, 3);
  import.ExpectInt8(import.Input(0), "input");
  import.ExpectInt8(import.Output(), "output");
  import.ExpectRank(import.Input(0), 4, "input");
  import.ExpectRank(import.Input(1), 4, "weights");
  CheckWeights(import, import.Input(1), channel_axis);
}

}  // namespace

void ImportConv2d(OpImport* import) {
  CheckConvTensors(*import, 0);
  const auto& options = import->Options<fbs::Conv2DOptions>();
  const Tensor& input = import->Input(0);
  const Tensor& weights = import->Input(1);
  const int channels = weights.dim(0);

  ConvAttrs attrs;
  if (input.dim(3) % weights.dim(3) != 0) {
    import->Fail(
        fmt::format("input \"{}\" has {} channels and the weights {}; the former must be "
                    "a multiple of the latter",
                    ShortName(input), input.dim(3), weights.dim(3)));
  }
  attrs.groups = input.dim(3) / weights.dim(3);
  if (channels % attrs.groups != 0) {
    import->Fail(
        fmt::format("{} output channels do not divide into {} groups", channels, attrs.groups));
  }
  int out_h = 0, out_w = 0;
  attrs.window = import->ResolveWindow(input, weights.dim(1), weights.dim(2), options.stride_h(),
                                       options.stride_w(), options.dilation_h(),
                                       options.dilation_w(), options.padding(), &out_h, &out_w);
  import->ExpectOutputShape({input.dim(0), out_h, out_w, channels});
  attrs.input_zero_point = input.zero_point();
  ResolveChannels(import, channels, &attrs.weight_zero_points, &attrs.output);
  import->ResolveActivation(options.fused_activation(), &attrs.output.qmin, &attrs.output.qmax);
  import->UseInput(0);
  import->UseInput(1);
  UseBias(import, channels);
  import->op.attrs = std::move(attrs);
}

void ImportDepthwiseConv2d(OpImport* import) {
  CheckConvTensors(*import, 3);
  const auto& options = import->Options<fbs::DepthwiseConv2DOptions>();
  const Tensor& input = import->Input(0);
  const Tensor& weights = import->Input(1);
  const int channels = weights.dim(3);

  ConvAttrs attrs;
  if (weights.dim(0) != 1 || channels % input.dim(3) != 0) {
    import->Fail(
        fmt::format("weights have shape {}; 1 x height x width x a multiple of the "
                    "input's {} channels would be legal",
                    ShapeString(weights.shape), input.dim(3)));
  }
  attrs.groups = input.dim(3);
  attrs.depth_multiplier = channels / input.dim(3);
  int out_h = 0, out_w = 0;
  attrs.window = import->ResolveWindow(input, weights.dim(1), weights.dim(2), options.stride_h(),
                                       options.stride_w(), options.dilation_h(),
                                       options.dilation_w(), options.padding(), &out_h, &out_w);
  import->ExpectOutputShape({input.dim(0), out_h, out_w, channels});
  attrs.input_zero_point = input.zero_point();
  ResolveChannels(import, channels, &attrs.weight_zero_points, &attrs.output);
  import->ResolveActivation(options.fused_activation(), &attrs.output.qmin, &attrs.output.qmax);
  import->UseInput(0);
  import->UseInput(1);
  UseBias(import, channels);
  import->op.attrs = std::move(attrs);
}

void ImportFullyConnected(OpImport* import) {
  import->ExpectInputs(2, 3);
  import->ExpectInt8(import->Input(0), "input");
  import->ExpectInt8(import->Output(), "output");
  import->ExpectRank(import->Input(1), 2, "weights");
  CheckWeights(*import, import->Input(1), 0);
  const auto& options = import->Options<fbs::FullyConnectedOptions>();
  if (options.weights_format() != 0) {
    import->Fail(
        fmt::format("weights are in the shuffled format {}; only the plain format 0 is "
                    "supported",
                    options.weights_format()));
  }
  const Tensor& input = import->Input(0);
  const Tensor& weights = import->Input(1);
  const Tensor& output = import->Output();

  FullyConnectedAttrs attrs;
  attrs.units = weights.dim(0);
  attrs.depth = weights.dim(1);
  if (input.elements() % attrs.depth != 0) {
    import->Fail(
        fmt::format("input \"{}\" of shape {} does not divide into rows of {} elements, "
                    "the depth of the weights",
                    ShortName(input), ShapeString(input.shape), attrs.depth));
  }
  attrs.batch = static_cast<int>(input.elements() / attrs.depth);
  if (output.shape.empty() || output.shape.back() != attrs.units ||
      output.elements() != int64_t{attrs.batch} * attrs.units) {
    import->Fail(fmt::format("output has shape {}; the operator computes {}x{}",
                             ShapeString(output.shape), attrs.batch, attrs.units));
  }
  attrs.input_zero_point = input.zero_point();
  ResolveChannels(import, attrs.units, &attrs.weight_zero_points, &attrs.output);
  import->ResolveActivation(options.fused_activation(), &attrs.output.qmin, &attrs.output.qmax);
  import->UseInput(0);
  import->UseInput(1);
  UseBias(import, attrs.units);
  import->op.attrs = std::move(attrs);
}

}  // namespace weft::import_tflite
