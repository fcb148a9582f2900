// SPDX-License-Identifier: Apache-2.0
#include "sim/rtl_runner.h"

#include <dlfcn.h>

#include <chrono>
#include <cstring>

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
    Find("weft_rtl_cycles", &cycles);
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
  decltype(&weft_rtl_cycles) cycles;

 private:
  template <typename Function>
  void Find(const char* name, Function* function) {
    *function = reinterpret_cast<Function>(dlsym(handle_, name));
    if (*function == nullptr) throw Error(fmt::format("RTL simulator without {}", name), ExitStatus::kMachine);
  }
  void* handle_;
};

class Runner : public RtlRunner {
 public:
  Runner(const Program& program, const RtlOptions& options)
      : program_(program), options_(options), simulator_(FindRtlSimulator(program.config, !options.trace.empty(), options.quiet)),
        library_(simulator_.path) {
    Open();
  }
  ~Runner() override { library_.close(rtl_); }

  void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) override {
    std::memcpy(library_.memory(rtl_) + address, bytes, count);
  }
  void ReadMemory(int64_t address, uint8_t* bytes, size_t count) override {
    std::memcpy(bytes, library_.memory(rtl_) + address, count);
  }
  Fault RunSegment(const Segment& segment) override;
  void Reset() override {
    std::vector<uint8_t> contents(static_cast<size_t>(program_.window_bytes));
    ReadMemory(0, contents.data(), contents.size());
    library_.close(rtl_);
    Open();
    WriteMemory(0, contents.data(), contents.size());
  }
  double build_seconds() const override { return simulator_.build_seconds; }
  double wall_seconds() const override { return wall_seconds_; }
  int64_t clock_cycles() const override { return clock_cycles_; }
  int64_t segment_cycles() const override { return segment_cycles_; }

 private:
  void Open();
  uint32_t Read(int address) { return library_.read(rtl_, static_cast<uint32_t>(address)); }
  uint64_t Read64(int lo, int hi) {
    const uint64_t low = Read(lo);
    return low | static_cast<uint64_t>(Read(hi)) << 32;
  }
  void Write(int address, uint32_t value) { library_.write(rtl_, static_cast<uint32_t>(address), value); }

  const Program& program_;
  const RtlOptions options_;
  const RtlSimulator simulator_;
  RtlLibrary library_;
  WeftRtl* rtl_ = nullptr;
  double wall_seconds_ = 0;
  int64_t clock_cycles_ = 0, segment_cycles_ = 0;
};

void Runner::Open() {
  const MemoryParams memory = ParseMemoryParams(options_.memory);
  WeftRtlOptions o{};
  o.memory_bytes = program_.window_bytes;
  o.bytes_per_cycle = memory.bytes_per_cycle;
  o.latency_cycles = memory.latency_cycles;
  o.stall_probability = memory.stall;
  o.stall_seed = options_.seed;
  o.init_seed = static_cast<int32_t>(options_.init_seed);
  o.trace_path = options_.trace.empty() ? nullptr : options_.trace.c_str();
  o.error_address = options_.error_address;
  o.silent_from = options_.silent_from;
  rtl_ = library_.open(&o);
  Write(spec::kRegIrqEnable, 3);
  Write(spec::kRegWindowBaseLo, 0);
  Write(spec::kRegWindowBaseHi, 0);
  Write(spec::kRegWindowSize, static_cast<uint32_t>(program_.window_bytes));
  Write(spec::kRegWatchdogMemory, static_cast<uint32_t>(options_.memory_watchdog_level));
  Write(spec::kRegWatchdogToken, static_cast<uint32_t>(options_.token_watchdog_level));
  if (Read(spec::kRegMagic) != spec::kDeviceMagic || Read(spec::kRegConfigHash) != program_.config.Hash32())
    throw Error("the device is not of the program's configuration", ExitStatus::kMachine);
}

Fault Runner::RunSegment(const Segment& segment) {
  const auto begin = std::chrono::steady_clock::now();
  const uint64_t from = library_.cycles(rtl_);
  Write(spec::kRegProgram, static_cast<uint32_t>(segment.address));
  Write(spec::kRegProgramBytes, static_cast<uint32_t>(segment.words.size() * 4));
  Write(spec::kRegDoorbell, 1);
  while (!library_.wait(rtl_, 1'000'000)) {
  }
  clock_cycles_ += static_cast<int64_t>(library_.cycles(rtl_) - from);
  wall_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const uint32_t status = Read(spec::kRegStatus);
  Write(spec::kRegIrqStatus, 3);
  segment_cycles_ += static_cast<int64_t>(Read64(spec::kRegCyclesLo, spec::kRegCyclesHi));
  Fault fault;
  if ((status >> spec::kRegStatusFaultLsb & 1) == 0) return fault;
  fault.code = static_cast<int>(status >> spec::kRegStatusFaultCodeLsb & 0xFF);
  for (const spec::Fault& info : spec::kFaults)
    if (info.code == fault.code) fault.text = info.text;
  fault.address = Read64(spec::kRegFaultAddrLo, spec::kRegFaultAddrHi);
  fault.layer = segment.first_step + static_cast<int>(Read(spec::kRegFaultLayer));
  return fault;
}

}  // namespace

std::unique_ptr<RtlRunner> MakeRtlRunner(const Program& program, const RtlOptions& options) {
  return std::make_unique<Runner>(program, options);
}

}  // namespace weft
