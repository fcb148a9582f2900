// SPDX-License-Identifier: Apache-2.0
#include "compiler/workload_scale.h"

#include <algorithm>
#include <cmath>

#include "compiler/fill.h"

namespace weft {
namespace {

// Room for the largest sum, in standard deviations. Sums whose activations vary in strength from
// place to place, since they are clustered or come from another layer, need more of it.
constexpr double kSigmas = 4.5, kMoreSigmas = 8;

// Normal distribution, Abramowitz and Stegun 26.2.19 (error below 1.5e-7). Polynomials only: what
// mathematical libraries return in the last digit differs.
double NormalBelow(double x) {
  if (x < 0) return 1 - NormalBelow(-x);
  double sum = 0.0000053830;
  for (double c : {0.0000488906, 0.0000380036, 0.0032776263, 0.0211410061, 0.0498673470, 1.0})
    sum = sum * x + c;
  for (int i = 0; i < 4; ++i) sum *= sum;
  return 1 - 0.5 / sum;
}

// The x in [lowest, highest] with NormalBelow(x) = p, or the nearer end.
double NormalQuantile(double p, double lowest, double highest) {
  for (int i = 0; i < 60; ++i) {
    const double middle = (lowest + highest) / 2;
    (NormalBelow(middle) < p ? lowest : highest) = middle;
  }
  return lowest;
}

// Real values of a tensor.
struct Values {
  double mean = 0, variance = 0;
  double nonzero_square = 0;  // mean square of those that are not zero, where they are few

  double square() const { return variance + mean * mean; }
  double sigma() const { return std::sqrt(variance); }
};

// max(0, v) for normally distributed v: mean = integral of P(v > x), square = 2 integral of x P.
Values Rectified(const Values& v) {
  constexpr int kSteps = 400;
  const double end = v.mean + 8 * v.sigma(), step = end / kSteps;
  Values r;
  double square = 0;
  if (end <= 0 || v.variance <= 0) return r;
  for (int i = 0; i < kSteps; ++i) {
    const double x = (i + 0.5) * step;
    const double above = 1 - NormalBelow((x - v.mean) / v.sigma());
    r.mean += above * step;
    square += 2 * x * above * step;
  }
  r.variance = std::max(square - r.mean * r.mean, 0.0);
  r.nonzero_square = square;
  return r;
}

// To 16 bits, so that the last digits of a machine's floating point do not matter.
float RoundScale(double scale) {
  int exponent = 0;
  const double fraction = std::frexp(scale, &exponent);
  return static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(fraction, 16)), exponent - 16));
}

class Scaler {
 public:
  explicit Scaler(const Workload& workload) : workload_(workload) {
    scales_.resize(workload.layers.size());
    values_.resize(workload.layers.size());
    readers_.resize(workload.layers.size());
    for (const WorkloadLayer& layer : workload.layers)
      for (int input : layer.inputs) ++readers_[static_cast<size_t>(input)];
  }

  std::vector<LayerScale> Run() {
    for (size_t i = 0; i < scales_.size(); ++i) {
      const WorkloadLayer& layer = workload_.layers[i];
      if (layer.has_weights()) {
        if (layer.relu) WantZeros(i);
        ScaleProducts(i);
      } else if (layer.type == WorkloadType::kAdd) {
        ScaleAdd(i);
      } else {
        ScalePool(i);
      }
    }
    return std::move(scales_);
  }

 private:
  Values InputValues(const WorkloadLayer& layer, size_t input) const {
    if (!layer.inputs.empty()) return values_[static_cast<size_t>(layer.inputs[input])];
    const double density = 1 - InputZeros(workload_, layer), scale = kInputScale;
    Values v;
    v.mean = density * 128 * scale;
    v.nonzero_square = kNonzeroActivationSquare * scale * scale;
    v.variance = density * v.nonzero_square - v.mean * v.mean;
    return v;
  }

  LayerScale InputScale(const WorkloadLayer& layer, size_t input) const {
    if (!layer.inputs.empty()) return scales_[static_cast<size_t>(layer.inputs[input])];
    LayerScale scale;
    scale.scale = kInputScale;
    scale.zero_point = kActivationZero;
    return scale;
  }

  double Sigmas(const WorkloadLayer& layer) const {
    const bool even = layer.inputs.empty() && workload_.zeros_kind == ZerosKind::kIid;
    return even ? kSigmas : kMoreSigmas;
  }

  // Where the mean of a rectified sum lies, in standard deviations, so that the wanted fraction, at
  // most a half, is below 0. (A mean below 0 would make a chain of layers unstable: what is a
  // little too strong would grow from layer to layer.)
  double Shift() const {
    const double zeros = workload_.zeros.value_or(0.5);
    return zeros < 0.5 ? -NormalQuantile(zeros, -kSigmas, 0) : 0;
  }

  // A rectified layer: half of the sums are below 0 anyway.
  void WantZeros(size_t i) {
    scales_[i].shift = Shift();
    scales_[i].silent = std::max(2 * workload_.zeros.value_or(0) - 1, 0.0);
  }

  // Real sums are taken to have variance 1, which fixes the scale of the weights.
  void ScaleProducts(size_t i) {
    const WorkloadLayer& layer = workload_.layers[i];
    const Values in = InputValues(layer, 0);
    const double in_scale = InputScale(layer, 0).scale;
    const double squares = in.square() / (in_scale * in_scale),
                 nonzero = in.nonzero_square / (in_scale * in_scale);
    const double products = static_cast<double>(layer.depth()) * (1 - layer.weight_zeros);
    // Two products more: few of them may all be large.
    scales_[i].sum_sigma = std::sqrt(kNonzeroWeightSquare * (products * squares + 2 * nonzero) +
                                     kMostBias * kMostBias / 3.0);
    Values sums;
    sums.mean = scales_[i].shift;
    sums.variance = 1;
    sums.nonzero_square = sums.square();
    SetOutput(i, sums, 0);
  }

  void ScaleAdd(size_t i) {
    const WorkloadLayer& layer = workload_.layers[i];
    Values sums;
    double alone = 0;  // neither operand saturates alone
    for (size_t k = 0; k < 2; ++k) {
      const Values in = InputValues(layer, k);
      const LayerScale scale = InputScale(layer, k);
      sums.mean += in.mean;
      sums.variance += in.variance;
      if (layer.inputs.empty())
        alone = std::max(alone, (127 - scale.zero_point) * static_cast<double>(scale.scale));
    }
    const int shifted = layer.relu && Shift() > 0 ? ShiftedBy(layer) : -1;
    if (shifted >= 0) {
      const double mean = Shift() * sums.sigma();
      scales_[static_cast<size_t>(shifted)].shift = mean - sums.mean;
      ScaleProducts(static_cast<size_t>(shifted));
      sums.mean = mean;
    }
    sums.nonzero_square = sums.square();
    SetOutput(i, sums, alone);
  }

  // The operand of a rectified add whose sums can be moved: a layer with weights that is not
  // rectified itself and that nothing else reads. -1: none.
  int ShiftedBy(const WorkloadLayer& add) const {
    int best = -1;
    for (int input : add.inputs) {
      const size_t k = static_cast<size_t>(input);
      const WorkloadLayer& layer = workload_.layers[k];
      if (layer.has_weights() && !layer.relu && readers_[k] == 1) best = std::max(best, input);
    }
    return best;
  }

  // Of a window's largest value the mean is taken one standard deviation higher.
  void ScalePool(size_t i) {
    const WorkloadLayer& layer = workload_.layers[i];
    scales_[i].scale = InputScale(layer, 0).scale;
    scales_[i].zero_point = InputScale(layer, 0).zero_point;
    values_[i] = InputValues(layer, 0);
    const bool one = layer.window.kernel_h * layer.window.kernel_w == 1;
    if (layer.type == WorkloadType::kMaxPool && !one) values_[i].mean += values_[i].sigma();
    values_[i].nonzero_square = std::max(values_[i].nonzero_square, values_[i].square());
  }

  // sums: before rectification. least: a real value that must fit.
  void SetOutput(size_t i, const Values& sums, double least) {
    const WorkloadLayer& layer = workload_.layers[i];
    const double room = Sigmas(layer) * sums.sigma();
    LayerScale* scale = &scales_[i];
    if (layer.relu) {
      scale->zero_point = kActivationZero;
      scale->scale = RoundScale(std::max(sums.mean + room, least) / 255);
      values_[i] = Rectified(sums);
      const double square = values_[i].square() * (1 - scale->silent);
      values_[i].mean *= 1 - scale->silent;
      values_[i].variance = square - values_[i].mean * values_[i].mean;
    } else {
      scale->zero_point = 0;
      scale->scale = RoundScale(std::max(std::abs(sums.mean) + room, least) / 127);
      values_[i] = sums;
    }
  }

  const Workload& workload_;
  std::vector<LayerScale> scales_;
  std::vector<Values> values_;  // of the outputs
  std::vector<int> readers_;
};

}  // namespace

double InputZeros(const Workload& workload, const WorkloadLayer& layer) {
  return workload.zeros.value_or(layer.activation_zeros);
}

std::vector<LayerScale> ScaleLayers(const Workload& workload) { return Scaler(workload).Run(); }

}  // namespace weft
