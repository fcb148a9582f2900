// SPDX-License-Identifier: Apache-2.0
#include "sim/layer_bench.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "compiler/fill.h"
#include "compiler/schedule.h"
#include "driver/run.h"
#include "model/error.h"
#include "sim/systemc_device.h"

namespace weft {
namespace {

constexpr int64_t kAlign = 64;
constexpr uint64_t kSeed = 1;
constexpr int64_t kDoorbellCycles = 1000;  // more than there are before a segment's cycle 0

int64_t Align(int64_t at) { return (at + kAlign - 1) / kAlign * kAlign; }

int64_t Extent(const View& v) {
  return v.offset + (v.n - 1) * v.n_stride + (v.h - 1) * v.h_stride + (v.w - 1) * v.w_stride + v.c;
}

void Write(driver::Device* device, int64_t at, const std::vector<uint8_t>& bytes) {
  device->WriteMemory(static_cast<uint64_t>(at), bytes.data(), bytes.size());
}

}  // namespace

LayerBench::LayerBench(const ArrayLayer& layer, const Config& config) : layer_(layer), config_(config) {
  Place(&layer_.in);
  Fill(layer_.in, 0);
  if (layer_.has_residual) {
    Place(&layer_.residual);
    Fill(layer_.residual, 1);
  }
  Place(&layer_.out);
  record_at_ = at_;
  at_ = Align(at_ + static_cast<int64_t>(driver::kRecordBytes));
}

// Strides and alignment stay.
void LayerBench::Place(View* view) {
  view->buffer = static_cast<int>(buffers_.size());
  view->offset %= kAlign;
  Buffer buffer;
  buffer.address = at_;
  buffer.bytes = Extent(*view);
  at_ = Align(at_ + buffer.bytes);
  buffers_.push_back(std::move(buffer));
}

void LayerBench::Fill(const View& view, uint64_t stream) {
  const ZerosKind kind = layer_.clustered ? ZerosKind::kClustered : ZerosKind::kIid;
  const std::vector<uint8_t> dense = FillActivations({1 - layer_.density, kind, stream},
                                                     {view.n, view.h, view.w, view.c}, 1, kSeed);
  std::vector<uint8_t>& data = buffers_.back().data;
  data.resize(static_cast<size_t>(buffers_.back().bytes));
  size_t from = 0;
  for (int n = 0; n < view.n; ++n)
    for (int y = 0; y < view.h; ++y)
      for (int x = 0; x < view.w; ++x) {
        const int64_t at = view.offset + n * view.n_stride + y * view.h_stride + x * view.w_stride;
        for (int64_t c = 0; c < view.c; ++c)
          data[static_cast<size_t>(at + c)] = static_cast<uint8_t>(dense[from++] - kActivationZero + layer_.act_zp);
      }
}

LayerBench::Commands LayerBench::Schedule(const Mapping& mapping, int64_t passes) const {
  WeightImage image;
  image.base = at_;
  Scheduler scheduler(config_, buffers_, &image, {INT64_MAX, passes});
  scheduler.AddLayer({layer_}, {mapping}, 0, record_at_);
  std::vector<uint32_t> words = scheduler.Finish();
  return {std::move(image.bytes), std::move(words)};
}

int64_t LayerBench::WordsAt(const Commands& commands) const {
  return Align(at_ + static_cast<int64_t>(commands.image.size()));
}

int64_t LayerBench::WindowBytes(const Commands& commands) const {
  const int64_t end = WordsAt(commands) + Align(static_cast<int64_t>(commands.words.size()) * 4);
  return (end + 4095) / 4096 * 4096;
}

bool LayerBench::Fits(const Commands& commands) const {
  return WindowBytes(commands) < int64_t{1} << (config_.plain_memory != 0 ? 24 : 32);
}

int64_t LayerBench::Run(const Commands& commands, int64_t most_cycles, std::vector<int64_t>* pass_ends) const {
  const int64_t words_at = WordsAt(commands);
  std::vector<uint8_t> words;
  for (uint32_t word : commands.words)
    for (int b = 0; b < 4; ++b) words.push_back(static_cast<uint8_t>(word >> (8 * b)));

  DeviceOptions options;
  if (pass_ends != nullptr)
    options.events = [pass_ends](const Event& e) {
      if (e.unit == Event::kArray && e.kind == Event::kEnd) pass_ends->push_back(e.cycle);
    };
  driver::Setup setup;
  setup.window_bytes = static_cast<uint32_t>(WindowBytes(commands));
  const std::unique_ptr<driver::Device> device = MakeSystemcDevice(config_, setup.window_bytes, options);
  for (const Buffer& buffer : buffers_) Write(device.get(), buffer.address, buffer.data);
  Write(device.get(), at_, commands.image);
  Write(device.get(), words_at, words);
  driver::Prepare(device.get(), config_.Hash32(), setup);
  const int64_t beat = config_.mem_bytes, bytes = static_cast<int64_t>(commands.words.size()) * 4;
  const driver::Status status = driver::RunSegment(device.get(), static_cast<uint32_t>(words_at),
                                                   static_cast<uint32_t>((bytes + beat - 1) / beat * beat),
                                                   std::min(most_cycles, kNever - kDoorbellCycles) + kDoorbellCycles);
  if (status.timed_out) return kNever;
  if (!status.done) throw Error(fmt::format("internal: a mapping faults: {}", status.text()));
  return status.cycles > most_cycles ? kNever : status.cycles;
}

}  // namespace weft
