// SPDX-License-Identifier: Apache-2.0
#include "compiler/fill.h"

#include <cmath>

#include "compiler/random.h"

namespace weft {
namespace {

constexpr uint64_t kOne = uint64_t{1} << 32;  // probability 1
constexpr uint64_t kUrnBalls = 3, kUrnDraws = 256;
constexpr int kBlob = 4;  // height and width

// Sequences that belong to one fill: offsets to its own key.
enum SubStream : uint64_t { kElements, kChannels, kBlobs, kShared, kImages };

uint64_t Probability(double p) { return static_cast<uint64_t>(std::llround(p * 0x1p32)); }

// One word makes an element: bits 63..32 decide whether it is zero, bits 28..0 choose the value,
// bits 31..29 choose where a clustered element takes its number from.
uint64_t Decider(uint64_t word) { return word >> 32; }
uint64_t Source(uint64_t word) { return word >> 29 & 7; }
uint64_t Below(uint64_t word, uint64_t count) { return ((word & 0x1fffffff) * count) >> 29; }

uint8_t Activation(bool nonzero, uint64_t word) {
  const uint64_t above = nonzero ? 1 + Below(word, 255) : 0;
  return static_cast<uint8_t>(kActivationZero + static_cast<int>(above));
}

struct Image {
  int n = 1, h = 1, w = 1, c = 1;
};

// Channels are the last dimension; a matrix is one column of rows.
Image ImageOf(const std::vector<int>& shape) {
  Image image;
  if (shape.size() == 4) return {shape[0], shape[1], shape[2], shape[3]};
  image.c = shape.back();
  for (size_t i = 0; i + 1 < shape.size(); ++i) image.h *= shape[i];
  return image;
}

void FillClustered(const Fill& fill, const Image& image, int images, uint64_t seed,
                   std::vector<uint8_t>* bytes) {
  const uint64_t key = StreamKey(seed, fill.stream);
  const std::vector<uint64_t> density = ChannelDensities(fill, image.c, seed);
  const uint64_t blobs_h = static_cast<uint64_t>((image.h + kBlob - 1) / kBlob),
                 blobs_w = static_cast<uint64_t>((image.w + kBlob - 1) / kBlob),
                 channels = static_cast<uint64_t>(image.c);
  const uint64_t blob_key = StreamKey(key, kBlobs), shared_key = StreamKey(key, kShared),
                 image_key = StreamKey(key, kImages);
  SplitMix64 elements(StreamKey(key, kElements));
  size_t at = 0;
  for (uint64_t n = 0; n < static_cast<uint64_t>(images); ++n) {
    for (int y = 0; y < image.h; ++y) {
      for (int x = 0; x < image.w; ++x) {
        const uint64_t blob = (n * blobs_h + static_cast<uint64_t>(y / kBlob)) * blobs_w +
                              static_cast<uint64_t>(x / kBlob);
        for (uint64_t c = 0; c < channels; ++c, ++at) {
          const uint64_t word = elements.Next();
          uint64_t decider = Decider(word);
          switch (Source(word)) {
            case 0:
            case 1:
              decider = Decider(SplitMixAt(blob_key, blob * channels + c));
              break;
            case 2:
              decider = Decider(SplitMixAt(shared_key, blob));
              break;
            case 3:
              decider = Decider(SplitMixAt(image_key, n * channels + c));
              break;
            default:
              break;  // its own
          }
          (*bytes)[at] = Activation(decider < density[c], word);
        }
      }
    }
  }
}

}  // namespace

std::vector<uint64_t> ChannelDensities(const Fill& fill, int channels, uint64_t seed) {
  const uint64_t mean = kOne - Probability(fill.zeros);
  SplitMix64 random(StreamKey(StreamKey(seed, fill.stream), kChannels));
  std::vector<uint64_t> densities;
  for (int c = 0; c < channels; ++c) {
    uint64_t nonzero = kUrnBalls * mean;  // balls, in units of 2^-32
    for (uint64_t balls = kUrnBalls; balls < kUrnBalls + kUrnDraws; ++balls)
      if (Decider(random.Next()) * balls < nonzero) nonzero += kOne;
    densities.push_back(nonzero / (kUrnBalls + kUrnDraws));
  }
  return densities;
}

std::vector<uint8_t> FillActivations(const Fill& fill, const std::vector<int>& shape, int batch,
                                     uint64_t seed) {
  const Image image = ImageOf(shape);
  const size_t count = static_cast<size_t>(image.n) * static_cast<size_t>(image.h) *
                       static_cast<size_t>(image.w) * static_cast<size_t>(image.c) *
                       static_cast<size_t>(batch);
  std::vector<uint8_t> bytes(count);
  if (fill.kind == ZerosKind::kClustered) {
    FillClustered(fill, image, image.n * batch, seed, &bytes);
    return bytes;
  }
  const uint64_t zeros = Probability(fill.zeros);
  SplitMix64 random(StreamKey(StreamKey(seed, fill.stream), kElements));
  for (uint8_t& byte : bytes) {
    const uint64_t word = random.Next();
    byte = Activation(Decider(word) >= zeros, word);
  }
  return bytes;
}

std::vector<uint8_t> FillWeights(double zeros, int64_t count, uint64_t seed, uint64_t stream) {
  const uint64_t zero = Probability(zeros);
  SplitMix64 random(StreamKey(seed, stream));
  std::vector<uint8_t> bytes(static_cast<size_t>(count));
  for (uint8_t& byte : bytes) {
    const uint64_t word = random.Next();
    if (Decider(word) < zero) continue;
    const int value = static_cast<int>(Below(word, 254)) - 127;  // -127..126
    byte = static_cast<uint8_t>(value + (value >= 0 ? 1 : 0));
  }
  return bytes;
}

std::vector<int32_t> FillBiases(int limit, int count, uint64_t seed, uint64_t stream) {
  SplitMix64 random(StreamKey(seed, stream));
  std::vector<int32_t> biases;
  for (int i = 0; i < count; ++i) {
    const uint64_t values = 2 * static_cast<uint64_t>(limit) + 1;
    biases.push_back(static_cast<int32_t>(Below(random.Next(), values)) - limit);
  }
  return biases;
}

std::vector<int> ChooseChannels(double fraction, int channels, uint64_t seed, uint64_t stream) {
  SplitMix64 random(StreamKey(seed, stream));
  std::vector<int> chosen;
  auto wanted = static_cast<uint64_t>(std::llround(fraction * channels));
  for (int c = 0; c < channels; ++c) {
    if (Below(random.Next(), static_cast<uint64_t>(channels - c)) >= wanted) continue;
    chosen.push_back(c);
    --wanted;
  }
  return chosen;
}

}  // namespace weft
