// SPDX-License-Identifier: Apache-2.0
#include "sim/rtl_device.h"

#include <dlfcn.h>

#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "model/error.h"
#include "model/memory_model.h"
#include "sim/rtl_abi.h"
#include "sim/rtl_cache.h"

namespace weft {
namespace {

// The functions of one simulator's shared object.
class RtlLibrary {
 public:
  explicit RtlLibrary(const std::string& path) : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw Error(fmt::format("{}: {}; remove it and run again", path, dlerror()), ExitStatus::kMachine);
    Find("weft_rtl_open", &open);
    Find("weft_rtl_close", &close);
    Find("weft_rtl_memory", &memory);
    Find("weft_rtl_read", &read);
    Find("weft_rtl_write", &write);
    Find("weft_rtl_wait", &wait);
  }
  ~RtlLibrary() { dlclose(handle_); }
  RtlLibrary(const RtlLibrary&) = delete;
  RtlLibrary& operator=(const RtlLibrary&) = delete;

  decltype(&weft_rtl_open) open;
  decltype(&weft_rtl_close) close;
  decltype(&weft_rtl_memory) memory;
  decltype(&weft_rtl_read) read;
  decltype(&weft_rtl_write) write;
  decltype(&weft_rtl_wait) wait;

 private:
  template <typename Function>
  void Find(const char* name, Function* function) {
    *function = reinterpret_cast<Function>(dlsym(handle_, name));
    if (*function == nullptr) throw Error(fmt::format("RTL simulator without {}", name), ExitStatus::kMachine);
  }
  void* handle_;
};

class Simulated final : public RtlDevice {
 public:
  Simulated(const Config& config, int64_t window_bytes, const DeviceOptions& options)
      : window_bytes_(window_bytes),
        options_(options),
        simulator_(FindRtlSimulator(config, !options.trace.empty(), options.quiet)),
        library_(simulator_.path) {
    Open(options.trace.empty() ? nullptr : options.trace.c_str());
  }
  ~Simulated() override { library_.close(rtl_); }

  uint32_t ReadRegister(uint32_t address) override { return library_.read(rtl_, address); }
  void WriteRegister(uint32_t address, uint32_t value) override {
    library_.write(rtl_, address, value);
  }
  void ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) override {
    std::memcpy(bytes, library_.memory(rtl_) + offset, count);
  }
  void WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) override {
    std::memcpy(library_.memory(rtl_) + offset, bytes, count);
  }
  bool WaitInterrupt(int64_t timeout_cycles) override {
    return library_.wait(rtl_, static_cast<uint64_t>(timeout_cycles)) != 0;
  }
  void Reset() override {
    const uint8_t* memory = library_.memory(rtl_);
    const std::vector<uint8_t> contents(memory, memory + window_bytes_);
    library_.close(rtl_);
    Open(nullptr);  // the waveform holds what led here
    WriteMemory(0, contents.data(), contents.size());
  }
  double build_seconds() const override { return simulator_.build_seconds; }

 private:
  void Open(const char* trace) {
    const MemoryParams memory = ParseMemoryParams(options_.memory);
    WeftRtlOptions o{};
    o.memory_bytes = window_bytes_;
    o.bytes_per_cycle = memory.bytes_per_cycle;
    o.latency_cycles = memory.latency_cycles;
    o.stall_probability = memory.stall;
    o.stall_seed = options_.seed;
    o.init_seed = static_cast<int32_t>(options_.init_seed);
    o.trace_path = trace;
    o.error_address = options_.error_address;
    o.silent_from = options_.silent_from;
    if (options_.events) {
      o.event = Tell;
      o.event_context = this;
      o.event_bursts = options_.event_bursts;
    }
    rtl_ = library_.open(&o);
  }

  static void Tell(void* context, const WeftRtlEvent* e) {
    static_cast<Simulated*>(context)->options_.events(
        {e->cycle, static_cast<Event::Unit>(e->unit), static_cast<Event::Kind>(e->kind), e->value});
  }

  const int64_t window_bytes_;
  const DeviceOptions options_;
  const RtlSimulator simulator_;
  RtlLibrary library_;
  WeftRtl* rtl_ = nullptr;
};

}  // namespace

std::unique_ptr<RtlDevice> MakeRtlDevice(const Config& config, int64_t window_bytes,
                                         const DeviceOptions& options) {
  return std::make_unique<Simulated>(config, window_bytes, options);
}

}  // namespace weft
