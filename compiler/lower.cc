// SPDX-License-Identifier: Apache-2.0
// Lowering: which operators the array runs and as what. See plan.h.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/fuse.h"
#include "compiler/plan.h"
#include "model/error.h"

namespace weft {
namespace {

// (acc * 2^30 + 2^29) >> 30 = acc.
constexpr Multiplier kIdentity{1 << 30, 1};

constexpr int kHardwareMaxExponent = 1;

class Lowering {
 public:
  Lowering(const Graph& graph, const Fusion& fusion, Plan* plan)
      : graph_(graph), fusion_(fusion), plan_(plan) {}

  // True if the array can run the operator; fills the step's layers.
  bool Lower(int op_index, Step* step);

 private:
  View ImageView(int tensor) const;
  View FlatView(int tensor, int64_t rows, int c) const;
  ArrayLayer Base(const OutputStage& output, int channels) const;
  void LowerConv(const Op& op, Step* step);
  void LowerDepthwise(const Op& op, Step* step);
  void LowerFullyConnected(const Op& op, Step* step);
  void LowerAveragePool(const Op& op, Step* step);
  void LowerMaxPool(const Op& op, Step* step);
  void LowerMean(const Op& op, Step* step);
  void LowerRescale(const Op& op, Step* step);
  void LowerAdd(const Op& op, Step* step);
  void AttachResidual(const Op& add, int residual_tensor, ArrayLayer* layer);
  std::vector<int32_t> Bias(const Op& op, int count) const;
  bool SupportedStage(const OutputStage& output) const;

  const Graph& graph_;
  const Fusion& fusion_;
  Plan* plan_;
};

View Lowering::ImageView(int t) const {
  const Tensor& tensor = graph_.tensor(t);
  const TensorPlace& place = plan_->places[static_cast<size_t>(t)];
  View v;
  v.buffer = place.buffer;
  v.offset = place.offset;
  v.n = tensor.dim(0);
  v.h = tensor.dim(1);
  v.w = tensor.dim(2);
  v.c = tensor.dim(3);
  v.w_stride = place.pixel_stride;
  v.h_stride = v.w_stride * v.w;
  v.n_stride = v.h_stride * v.h;
  v.is_unsigned = tensor.dtype == DType::kUInt8;
  return v;
}

// The tensor as `rows` pixels of c channels in one image row.
View Lowering::FlatView(int t, int64_t rows, int c) const {
  const Tensor& tensor = graph_.tensor(t);
  const TensorPlace& place = plan_->places[static_cast<size_t>(t)];
  View v;
  v.buffer = place.buffer;
  v.offset = place.offset;
  v.w = static_cast<int>(rows);
  v.c = c;
  const int last = tensor.rank() > 0 ? tensor.shape.back() : 1;
  v.w_stride = place.pixel_stride == last ? c : place.pixel_stride;  // strided: c is the last dimension
  v.h_stride = v.w_stride * v.w;
  v.n_stride = v.h_stride;
  v.is_unsigned = tensor.dtype == DType::kUInt8;
  return v;
}

ArrayLayer Lowering::Base(const OutputStage& output, int channels) const {
  ArrayLayer layer;
  layer.rounding = output.rounding;
  layer.out_zp = output.zero_point;
  layer.lo = output.qmin;
  layer.hi = output.qmax;
  layer.multipliers = output.multipliers;
  if (layer.multipliers.size() == 1)
    layer.multipliers.assign(static_cast<size_t>(channels), output.multipliers[0]);
  layer.bias.assign(static_cast<size_t>(channels), 0);
  return layer;
}

std::vector<int32_t> Lowering::Bias(const Op& op, int count) const {
  std::vector<int32_t> bias(static_cast<size_t>(count), 0);
  if (!op.has_bias()) return bias;
  const Tensor& tensor = graph_.input_of(op, 2);
  for (size_t i = 0; i < bias.size(); ++i) {
    uint32_t word = 0;
    for (size_t b = 0; b < 4; ++b) word |= static_cast<uint32_t>(tensor.data[i * 4 + b]) << (8 * b);
    bias[i] = static_cast<int32_t>(word);
  }
  return bias;
}

bool Lowering::SupportedStage(const OutputStage& output) const {
  for (const Multiplier& m : output.multipliers)
    if (m.exponent > kHardwareMaxExponent) return false;
  return true;
}

void SetWindow(const Window& window, ArrayLayer* layer) {
  layer->kernel_h = window.kernel_h;
  layer->kernel_w = window.kernel_w;
  layer->stride_h = window.stride_h;
  layer->stride_w = window.stride_w;
  layer->dilation_h = window.dilation_h;
  layer->dilation_w = window.dilation_w;
  layer->pad_top = window.pad_top;
  layer->pad_left = window.pad_left;
}

View ChannelSlice(View view, int first, int count) {
  view.offset += first;
  view.c = count;
  return view;
}

void Lowering::LowerConv(const Op& op, Step* step) {
  const ConvAttrs& a = op.conv();
  const Tensor& weights = graph_.input_of(op, 1);
  const int filters = weights.dim(0);
  const int group_filters = filters / a.groups, group_channels = weights.dim(3);
  const size_t filter_bytes =
      static_cast<size_t>(a.window.kernel_h) * a.window.kernel_w * group_channels;
  const std::vector<int32_t> bias = Bias(op, filters);
  const View in = ImageView(fusion_.InputOf(op, 0)), out = ImageView(step->output_tensor);
  for (int g = 0; g < a.groups; ++g) {
    ArrayLayer layer = Base(a.output, filters);
    SetWindow(a.window, &layer);
    fusion_.AddPadding(op, &layer);
    layer.in = ChannelSlice(in, g * group_channels, group_channels);
    layer.out = ChannelSlice(out, g * group_filters, group_filters);
    layer.act_zp = a.input_zero_point;
    layer.weight_zp = a.weight_zero_points[0];
    const size_t first = static_cast<size_t>(g) * group_filters;
    const size_t last = first + static_cast<size_t>(group_filters);
    layer.weights.assign(weights.data.begin() + static_cast<int64_t>(first * filter_bytes),
                         weights.data.begin() + static_cast<int64_t>(last * filter_bytes));
    layer.bias.assign(bias.begin() + static_cast<int64_t>(first), bias.begin() + static_cast<int64_t>(last));
    layer.multipliers = std::vector<Multiplier>(layer.multipliers.begin() + static_cast<int64_t>(first),
                                                layer.multipliers.begin() + static_cast<int64_t>(last));
    step->layers.push_back(std::move(layer));
  }
}

void Lowering::LowerDepthwise(const Op& op, Step* step) {
  const ConvAttrs& a = op.conv();
  const Tensor& weights = graph_.input_of(op, 1);
  const int filters = weights.dim(3), dm = a.depth_multiplier, channels = filters / dm;
  const std::vector<int32_t> bias = Bias(op, filters);
  const View in = ImageView(fusion_.InputOf(op, 0)), out = ImageView(step->output_tensor);
  ArrayLayer whole = Base(a.output, filters);
  SetWindow(a.window, &whole);
  fusion_.AddPadding(op, &whole);
  whole.act_zp = a.input_zero_point;
  whole.weight_zp = a.weight_zero_points[0];
  if (dm == 1) {
    whole.mode = LayerMode::kDepthwise;
    whole.in = in;
    whole.out = out;
    whole.weights = weights.data;
    whole.bias = bias;
    step->layers.push_back(std::move(whole));
    return;
  }
  // Output channels of one input channel are a convolution of one channel.
  const size_t taps = static_cast<size_t>(a.window.kernel_h) * a.window.kernel_w;
  for (int c = 0; c < channels; ++c) {
    ArrayLayer layer = whole;
    layer.in = ChannelSlice(in, c, 1);
    layer.out = ChannelSlice(out, c * dm, dm);
    layer.weights.resize(static_cast<size_t>(dm) * taps);
    layer.bias.assign(static_cast<size_t>(dm), 0);
    layer.multipliers.resize(static_cast<size_t>(dm));
    for (int m = 0; m < dm; ++m) {
      const size_t o = static_cast<size_t>(c) * dm + m;
      for (size_t t = 0; t < taps; ++t)
        layer.weights[static_cast<size_t>(m) * taps + t] = weights.data[t * filters + o];
      layer.bias[static_cast<size_t>(m)] = bias[o];
      layer.multipliers[static_cast<size_t>(m)] = whole.multipliers[o];
    }
    step->layers.push_back(std::move(layer));
  }
}

void Lowering::LowerFullyConnected(const Op& op, Step* step) {
  const FullyConnectedAttrs& a = op.fully_connected();
  ArrayLayer layer = Base(a.output, a.units);
  layer.in = FlatView(op.inputs[0], a.batch, a.depth);
  layer.out = FlatView(step->output_tensor, a.batch, a.units);
  layer.act_zp = a.input_zero_point;
  layer.weight_zp = a.weight_zero_points[0];
  layer.weights = graph_.input_of(op, 1).data;
  layer.bias = Bias(op, a.units);
  step->layers.push_back(std::move(layer));
}

// 1 / count rounded up: the excess pushes exact halves away from zero, as TFLite rounds, and is
// far below the distance of any other quotient to a half (sums stay under 2^24).
Multiplier ReciprocalAwayFromZero(int count) {
  int exponent = 1;
  while ((int64_t{1} << (1 - exponent)) < count) --exponent;
  const int shift = 31 - exponent;  // M0 = 2^shift / count, in (2^30, 2^31]
  const int64_t m0 = (int64_t{1} << shift) / count + 1;
  if (m0 <= INT32_MAX) return {static_cast<int32_t>(m0), exponent};
  return {static_cast<int32_t>((m0 + 1) / 2), exponent + 1};
}

// A layer that leaves values alone: depthwise, weights of one.
ArrayLayer UnitDepthwise(int channels, int kernel_h, int kernel_w) {
  ArrayLayer layer;
  layer.mode = LayerMode::kDepthwise;
  layer.kernel_h = kernel_h;
  layer.kernel_w = kernel_w;
  layer.weights.assign(static_cast<size_t>(channels) * kernel_h * kernel_w, 1);
  layer.bias.assign(static_cast<size_t>(channels), 0);
  layer.multipliers.assign(static_cast<size_t>(channels), kIdentity);
  layer.rounding = Rounding::kSingle;
  return layer;
}

// Output positions with the same number of taps inside the image: [first, last], taps.
struct TapRange {
  int first, last, taps;
};

std::vector<TapRange> TapRanges(int outputs, int length, int kernel, int stride, int pad) {
  std::vector<TapRange> ranges;
  for (int o = 0; o < outputs; ++o) {
    const int begin = std::max(0, o * stride - pad), end = std::min(length, o * stride - pad + kernel);
    const int taps = end - begin;
    if (!ranges.empty() && ranges.back().taps == taps) {
      ranges.back().last = o;
    } else {
      ranges.push_back({o, o, taps});
    }
  }
  return ranges;
}

void Lowering::LowerAveragePool(const Op& op, Step* step) {
  const PoolAttrs& a = op.pool();
  const Window& w = a.window;
  const View in = ImageView(op.inputs[0]), out = ImageView(step->output_tensor);
  for (const TapRange& y : TapRanges(out.h, in.h, w.kernel_h, w.stride_h, w.pad_top)) {
    for (const TapRange& x : TapRanges(out.w, in.w, w.kernel_w, w.stride_w, w.pad_left)) {
      ArrayLayer layer = UnitDepthwise(in.c, w.kernel_h, w.kernel_w);
      SetWindow(w, &layer);
      layer.pad_top = w.pad_top - y.first * w.stride_h;
      layer.pad_left = w.pad_left - x.first * w.stride_w;
      layer.in = in;
      layer.out = out;
      layer.out.offset += y.first * out.h_stride + x.first * out.w_stride;
      layer.out.h = y.last - y.first + 1;
      layer.out.w = x.last - x.first + 1;
      layer.multipliers.assign(static_cast<size_t>(in.c), ReciprocalAwayFromZero(y.taps * x.taps));
      layer.lo = a.qmin;
      layer.hi = a.qmax;
      step->layers.push_back(std::move(layer));
    }
  }
}

void Lowering::LowerMaxPool(const Op& op, Step* step) {
  const PoolAttrs& a = op.pool();
  const View in = ImageView(op.inputs[0]);
  ArrayLayer layer = UnitDepthwise(in.c, a.window.kernel_h, a.window.kernel_w);
  layer.mode = LayerMode::kMax;
  SetWindow(a.window, &layer);
  layer.in = in;
  layer.out = ImageView(step->output_tensor);
  // Relative to the type's minimum nothing is negative, so a skipped zero never wins wrongly.
  layer.act_zp = in.is_unsigned ? 0 : -128;
  layer.out_zp = layer.act_zp;
  layer.lo = a.qmin;
  layer.hi = a.qmax;
  step->layers.push_back(std::move(layer));
}

// [outer, count, inner] to [outer, inner]: a depthwise layer as wide as the count, or, where one
// channel is left, a matrix product with a column of ones.
void Lowering::LowerMean(const Op& op, Step* step) {
  const MeanAttrs& a = op.mean();
  ArrayLayer layer = Base(a.output, a.inner);
  layer.act_zp = a.input_zero_point;
  if (a.inner == 1) {
    layer.in = FlatView(op.inputs[0], a.outer, a.count);
    layer.out = FlatView(step->output_tensor, a.outer, 1);
    layer.weights.assign(static_cast<size_t>(a.count), 1);
  } else {
    layer.mode = LayerMode::kDepthwise;
    layer.kernel_w = a.count;
    layer.weights.assign(static_cast<size_t>(a.count) * a.inner, 1);
    auto images = [&](View v, int w) {
      v.n = a.outer;
      v.w = w;
      v.h_stride = v.n_stride = w * v.w_stride;
      return v;
    };
    layer.in = images(FlatView(op.inputs[0], a.outer, a.inner), a.count);
    layer.out = images(FlatView(step->output_tensor, a.outer, a.inner), 1);
  }
  step->layers.push_back(std::move(layer));
}

// How an element-wise layer sees a dense tensor: pixels of a convenient number of channels.
int FlatChannels(const Tensor& tensor) {
  const int last = tensor.rank() > 0 ? tensor.shape.back() : 1;
  if (last >= 8) return last;
  const int64_t total = tensor.elements();
  for (int c = 64; c > last; --c)
    if (total % c == 0) return c;
  return last;
}

void Lowering::LowerRescale(const Op& op, Step* step) {
  const RescaleAttrs& a = op.rescale();
  const Tensor& tensor = graph_.tensor(op.inputs[0]);
  const TensorPlace& from = plan_->places[static_cast<size_t>(op.inputs[0])];
  const TensorPlace& to = plan_->places[static_cast<size_t>(step->output_tensor)];
  const int last = tensor.rank() > 0 ? tensor.shape.back() : 1;
  const bool dense = from.pixel_stride == last && to.pixel_stride == last;
  const int c = dense ? FlatChannels(tensor) : last;
  ArrayLayer layer = UnitDepthwise(c, 1, 1);
  const ArrayLayer stage = Base(a.output, c);
  layer.multipliers = stage.multipliers;
  layer.rounding = stage.rounding;
  layer.out_zp = stage.out_zp;
  layer.lo = stage.lo;
  layer.hi = stage.hi;
  layer.act_zp = a.input_zero_point;
  layer.in = FlatView(op.inputs[0], tensor.elements() / c, c);
  layer.out = FlatView(step->output_tensor, tensor.elements() / c, c);
  step->layers.push_back(std::move(layer));
}

void Lowering::AttachResidual(const Op& op, int residual_tensor, ArrayLayer* layer) {
  layer->has_residual = true;
  layer->add = op.add().params;
  if (op.inputs[0] == residual_tensor && op.inputs[1] != residual_tensor) {
    std::swap(layer->add.input[0], layer->add.input[1]);
    std::swap(layer->add.input_zero_point[0], layer->add.input_zero_point[1]);
  }
}

// Operand `t` of an element-wise operator with output shape `out`, as four outer loops and one
// inner one; broadcast dimensions have stride 0.
struct Broadcast {
  int dims[5];
  int64_t strides[5];
};

Broadcast BroadcastStrides(const std::vector<int>& shape, const std::vector<int>& out,
                           int64_t pixel_stride) {
  Broadcast b;
  std::vector<int64_t> dense(shape.size(), 0);
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    dense[i] = stride;
    stride = i + 1 == shape.size() ? pixel_stride : stride * shape[i];
  }
  for (size_t k = 0; k < 5; ++k) {
    const int from_end = 4 - static_cast<int>(k);
    const int o = static_cast<int>(out.size()) - 1 - from_end;
    const int s = static_cast<int>(shape.size()) - 1 - from_end;
    b.dims[k] = o >= 0 ? out[static_cast<size_t>(o)] : 1;
    b.strides[k] = s >= 0 && shape[static_cast<size_t>(s)] > 1 ? dense[static_cast<size_t>(s)] : 0;
  }
  return b;
}

void Lowering::LowerAdd(const Op& op, Step* step) {
  const Tensor& out = graph_.tensor(step->output_tensor);
  const int a = op.inputs[0], b = op.inputs[1];
  auto place = [&](int t) { return plan_->places[static_cast<size_t>(t)]; };
  auto bcast = [&](int t) {
    return BroadcastStrides(graph_.tensor(t).shape, out.shape, place(t).pixel_stride);
  };
  auto identity = [&](int c) {
    ArrayLayer layer = UnitDepthwise(c, 1, 1);
    AttachResidual(op, b, &layer);
    layer.rounding = layer.add.rounding;  // the identity is exact in both
    layer.act_zp = layer.out_zp = layer.add.input_zero_point[0];
    const bool is_unsigned = graph_.tensor(a).dtype == DType::kUInt8;
    layer.lo = is_unsigned ? 0 : -128;
    layer.hi = is_unsigned ? 255 : 127;
    return layer;
  };
  auto dense = [&](int t) {
    const Tensor& tensor = graph_.tensor(t);
    return tensor.shape == out.shape &&
           place(t).pixel_stride == (tensor.rank() > 0 ? tensor.shape.back() : 1);
  };
  if (dense(a) && dense(b) && dense(step->output_tensor)) {
    const int c = FlatChannels(out);
    ArrayLayer layer = identity(c);
    const int64_t rows = out.elements() / c;
    layer.in = FlatView(a, rows, c);
    layer.residual = FlatView(b, rows, c);
    layer.out = FlatView(step->output_tensor, rows, c);
    step->layers.push_back(std::move(layer));
    return;
  }
  // Loops d0..d3 over the outer dimensions, channels inside; when an operand repeats along the
  // channels, these become the image's width and a pixel has one channel.
  const Broadcast sa = bcast(a), sb = bcast(b), so = bcast(step->output_tensor);
  const bool wide = sa.strides[4] == 0 || sb.strides[4] == 0;
  const bool by_channel = so.dims[4] > 1 && wide;
  const int c = by_channel ? 1 : so.dims[4];
  const int base = by_channel ? 2 : 1;  // which dimension is the view's n
  auto view = [&](int t, const Broadcast& s, int64_t outer) {
    View v;
    v.buffer = place(t).buffer;
    v.offset = place(t).offset + outer;
    v.n = s.dims[base];
    v.h = s.dims[base + 1];
    v.w = s.dims[base + 2];
    v.c = c;
    v.n_stride = s.strides[base];
    v.h_stride = s.strides[base + 1];
    v.w_stride = s.strides[base + 2];
    v.is_unsigned = graph_.tensor(t).dtype == DType::kUInt8;
    return v;
  };
  const int outer1 = by_channel ? so.dims[1] : 1;
  for (int i = 0; i < so.dims[0]; ++i) {
    for (int j = 0; j < outer1; ++j) {
      ArrayLayer layer = identity(c);
      auto offset = [&](const Broadcast& s) { return i * s.strides[0] + (by_channel ? j * s.strides[1] : 0); };
      layer.in = view(a, sa, offset(sa));
      layer.residual = view(b, sb, offset(sb));
      layer.out = view(step->output_tensor, so, offset(so));
      step->layers.push_back(std::move(layer));
    }
  }
}

bool Lowering::Lower(int op_index, Step* step) {
  const Op& op = graph_.ops[static_cast<size_t>(op_index)];
  switch (op.kind) {
    case OpKind::kConv2d:
      if (!SupportedStage(op.conv().output)) return false;
      LowerConv(op, step);
      break;
    case OpKind::kDepthwiseConv2d:
      if (!SupportedStage(op.conv().output)) return false;
      LowerDepthwise(op, step);
      break;
    case OpKind::kFullyConnected:
      if (!SupportedStage(op.fully_connected().output)) return false;
      LowerFullyConnected(op, step);
      break;
    case OpKind::kAveragePool2d:
      LowerAveragePool(op, step);
      break;
    case OpKind::kMaxPool2d:
      LowerMaxPool(op, step);
      break;
    case OpKind::kMean:
      if (!SupportedStage(op.mean().output)) return false;
      LowerMean(op, step);
      break;
    case OpKind::kRelu:
    case OpKind::kRelu6:
      if (!SupportedStage(op.rescale().output)) return false;
      LowerRescale(op, step);
      break;
    case OpKind::kAdd:
      LowerAdd(op, step);
      return true;
    default:
      return false;
  }
  const int add_op = fusion_.residual_add_of(op_index);
  if (add_op >= 0) {
    const Op& add = graph_.ops[static_cast<size_t>(add_op)];
    const int residual = add.inputs[0] == op.outputs[0] ? add.inputs[1] : add.inputs[0];
    ArrayLayer& layer = step->layers[0];
    AttachResidual(add, residual, &layer);
    layer.residual = op.kind == OpKind::kFullyConnected
                         ? FlatView(residual, layer.out.w, layer.out.c)
                         : ImageView(residual);
  }
  return true;
}

// The compiler's overflow proof: |a - zp| <= 255, so a sum is at most 255 * sum |w| + |bias|.
bool MayOverflow(const ArrayLayer& layer) {
  if (layer.mode == LayerMode::kMax) return false;
  const size_t filters = static_cast<size_t>(layer.filters());
  const size_t per = layer.weights.size() / filters;
  for (size_t f = 0; f < filters; ++f) {
    int64_t sum = 0;
    for (size_t k = 0; k < per; ++k) {
      const uint8_t raw = layer.mode == LayerMode::kConv ? layer.weights[f * per + k]
                                                         : layer.weights[k * filters + f];
      const int w = layer.weight_unsigned ? raw : static_cast<int8_t>(raw);
      sum += std::abs(w - layer.weight_zp);
    }
    if (255 * sum + std::abs(static_cast<int64_t>(layer.bias[f])) > INT32_MAX) return true;
  }
  return false;
}

}  // namespace

namespace {

// The nonzero fraction to be expected of a tensor: of a workload's input what its file says,
// Graph::relu_zeros behind a clamp at zero, else all.
double ExpectedDensity(const Graph& graph, int tensor) {
  for (size_t i = 0; i < graph.fills.size(); ++i)
    if (graph.inputs[i] == tensor) return 1 - graph.fills[i].zeros;
  for (const Op& op : graph.ops) {
    if (op.outputs[0] != tensor) continue;
    const OutputStage* stage = nullptr;
    if (const auto* a = std::get_if<ConvAttrs>(&op.attrs)) stage = &a->output;
    if (const auto* a = std::get_if<FullyConnectedAttrs>(&op.attrs)) stage = &a->output;
    if (const auto* a = std::get_if<AddAttrs>(&op.attrs))
      return a->params.qmin >= a->params.output_zero_point ? 1 - graph.relu_zeros : 1;
    if (op.kind == OpKind::kReshape || op.kind == OpKind::kMaxPool2d)
      return ExpectedDensity(graph, op.inputs[0]);
    return stage != nullptr && stage->qmin >= stage->zero_point ? 1 - graph.relu_zeros : 1;
  }
  return 1;
}

// Zeros lie anywhere alike only where a workload says so.
bool ClusteredZeros(const Graph& graph, int tensor) {
  for (size_t i = 0; i < graph.fills.size(); ++i)
    if (graph.inputs[i] == tensor) return graph.fills[i].kind == ZerosKind::kClustered;
  return true;
}

}  // namespace

Plan LowerGraph(const Graph& graph, bool fuse) {
  Plan plan;
  const Fusion fusion = FuseOperators(graph, fuse);
  PlaceTensors(graph, fusion, &plan);
  Lowering lowering(graph, fusion, &plan);
  for (int i = 0; i < static_cast<int>(graph.ops.size()); ++i) {
    if (fusion.absorbed(i)) continue;
    const Op& op = graph.ops[static_cast<size_t>(i)];
    Step step;
    step.ops = fusion.OpsOf(i);
    step.output_tensor = graph.ops[static_cast<size_t>(step.ops.back())].outputs[0];
    step.op = OpKindName(op.kind);
    for (int k : step.ops) {
      step.name += (step.name.empty() ? "" : " + ") + graph.ops[static_cast<size_t>(k)].name;
      const MacCount macs = CountMacs(graph, graph.ops[static_cast<size_t>(k)]);
      step.macs.macs += macs.macs;
      step.macs.macs_padded += macs.macs_padded;
    }
    step.on_accelerator = lowering.Lower(i, &step);
    if (!step.on_accelerator) step.layers.clear();
    for (ArrayLayer& layer : step.layers) {
      layer.density = ExpectedDensity(graph, op.inputs[0]);
      layer.clustered = ClusteredZeros(graph, op.inputs[0]);
    }
    for (const ArrayLayer& layer : step.layers) {
      if (!MayOverflow(layer)) continue;
      plan.warnings.push_back(fmt::format("{} ({}): sums could pass 32 bits and would wrap",
                                          step.name, step.op));
      break;
    }
    plan.steps.push_back(std::move(step));
  }
  SetLifetimes(graph, &plan);
  return plan;
}

}  // namespace weft
