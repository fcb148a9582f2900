// SPDX-License-Identifier: Apache-2.0
#include "sim/rtl_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "model/error.h"
#include "sim/sha256.h"

#ifndef WEFT_SOURCE_DIR
#error "WEFT_SOURCE_DIR: the folder with rtl/ and sim/"
#endif

namespace weft {
namespace {

namespace fs = std::filesystem;

// -fno-const-bit-op-tree: Verilator 5.006 miscompiles with that optimisation on. -fno-dfg: with it,
// wide wires driven in slices become chains of concatenations. -fno-gate: with it, every PE reads its neighbours
// directly and gets code of its own, which no longer fits the caches.
const char kVerilatorFlags[] = "--cc -O3 -fno-const-bit-op-tree -fno-dfg -fno-gate --x-assign fast --x-initial unique -Wno-fatal";
// -Os: the code of 168 PEs does not fit into the caches. ResNet-8 in 2.0 instead of 2.6 s.
const char kCompileFlags[] = "-Os -fPIC -std=c++17";

fs::path Source() { return fs::path(WEFT_SOURCE_DIR); }

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The package first: others refer to it.
std::vector<fs::path> RtlFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(Source() / "rtl"))
    if (entry.path().extension() == ".sv") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::stable_partition(files.begin(), files.end(), [](const fs::path& p) { return p.filename() == "weft_pkg.sv"; });
  return files;
}

// What the shared object is linked from besides the verilated code.
std::vector<fs::path> HarnessFiles() {
  return {Source() / "sim/harness/harness.cc", Source() / "model/memory_model.cc"};
}

std::string Capture(const std::string& command) {
  std::string out;
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 256> buffer;
  while (fgets(buffer.data(), buffer.size(), pipe) != nullptr) out += buffer.data();
  if (pclose(pipe) != 0) out.clear();
  return out;
}

fs::path CacheRoot() {
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg != 0) return fs::path(xdg) / "weft/rtl";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != 0) return fs::path(home) / ".cache/weft/rtl";
  throw Error("neither XDG_CACHE_HOME nor HOME is set: nowhere to keep the RTL simulator", ExitStatus::kMachine);
}

std::string Quote(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// Held while one process builds; others wait for it.
class Lock {
 public:
  explicit Lock(const fs::path& path) : fd_(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
    if (fd_ < 0) throw Error(path.string() + ": cannot be created; is the cache folder writable?", ExitStatus::kMachine);
    flock(fd_, LOCK_EX);
  }
  ~Lock() { close(fd_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int fd_;
};

void RunStep(const std::string& what, const std::string& command, const fs::path& log) {
  const int status = std::system((command + " >>" + Quote(log.string()) + " 2>&1").c_str());
  if (WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 130)) std::exit(130);
  if (status == 0) return;
  const fs::path kept = log.parent_path().parent_path() / "failed.log";
  std::error_code ignored;
  fs::copy_file(log, kept, fs::copy_options::overwrite_existing, ignored);
  throw Error(fmt::format("building the RTL simulator: {} failed; see {}", what, kept.string()), ExitStatus::kMachine);
}

}  // namespace

std::string RtlHash() {
  Sha256 hash;
  for (const fs::path& file : RtlFiles()) hash.Update(file.filename().string() + "\n" + ReadAll(file));
  return hash.Hex();
}

RtlSimulator FindRtlSimulator(const Config& config, bool trace, bool quiet) {
  const std::string version = Capture("verilator --version");
  if (version.empty())
    throw Error("verilator is not installed; apt-get install verilator g++ make", ExitStatus::kMachine);
  Sha256 hash;
  hash.Update(RtlHash() + version + kVerilatorFlags + kCompileFlags + (trace ? "fst" : "none"));
  for (const auto& [name, value] : VerilogParameters(config)) hash.Update(fmt::format("{}={};", name, value));
  for (const fs::path& file : HarnessFiles()) hash.Update(ReadAll(file));
  for (const char* header : {"sim/rtl_abi.h", "sim/harness/event_tap.h", "model/event_log.h", "model/memory_model.h", "model/spec_gen.h"}) hash.Update(ReadAll(Source() / header));
  const fs::path root = CacheRoot();
  const fs::path done = root / hash.Hex().substr(0, 32) / "weft_rtl.so";
  if (fs::exists(done)) return {done.string(), 0};

  std::error_code error;
  fs::create_directories(root, error);
  if (error) throw Error(root.string() + ": " + error.message() + "; set XDG_CACHE_HOME to a writable folder", ExitStatus::kMachine);
  Lock lock(root / "lock");
  if (fs::exists(done)) return {done.string(), 0};
  if (Capture("g++ --version").empty() || Capture("make --version").empty())
    throw Error("g++ or make is not installed; apt-get install g++ make", ExitStatus::kMachine);
  if (!quiet)
    fmt::print(stderr, "building the RTL simulator of configuration {} once (a minute or two) ...\n", config.name);
  const auto begin = std::chrono::steady_clock::now();
  const fs::path work = root / fmt::format("build.{}", getpid());
  fs::remove_all(work);
  fs::create_directories(work);
  const fs::path log = work / "build.log";
  std::string verilate = fmt::format("verilator {} {} --top-module weft_top --prefix Vweft_top --Mdir {}", kVerilatorFlags,
                                     trace ? "--trace-fst" : "", Quote(work.string()));
  for (const auto& [name, value] : VerilogParameters(config)) verilate += fmt::format(" -G{}={}", name, value);
  for (const fs::path& file : RtlFiles()) verilate += " " + Quote(file.string());
  RunStep("verilator", verilate, log);
  const unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  const std::string extra = trace ? " verilated_fst_c.o" : "";
  RunStep("compiling",
          fmt::format("make -s -j{} -C {} -f Vweft_top.mk OPT_FAST='{}' OPT_SLOW='-O1 -fPIC' OPT_GLOBAL='{}' "
                      "Vweft_top__ALL.a verilated.o verilated_threads.o{}",
                      jobs, Quote(work.string()), kCompileFlags, kCompileFlags, extra),
          log);
  const std::string verilator_root = Capture("verilator --getenv VERILATOR_ROOT");
  const std::string include = verilator_root.substr(0, verilator_root.find('\n')) + "/include";
  std::string link = fmt::format("cd {} && g++ {} -shared -o weft_rtl.so -I. -I{} -I{}/vltstd -I{} {}", Quote(work.string()), kCompileFlags,
                                 include, include, Quote(Source().string()), trace ? "-DWEFT_TRACE" : "");
  link += fmt::format(" -DWEFT_PLAIN_MEMORY={} -DWEFT_MEM_BYTES={}", config.plain_memory, config.mem_bytes);
  for (const fs::path& file : HarnessFiles()) link += " " + Quote(file.string());
  link += " Vweft_top__ALL.a verilated.o verilated_threads.o" + extra + " -lpthread" + (trace ? " -lz" : "");
  RunStep("linking", link, log);
  const fs::path ready = root / fmt::format("ready.{}", getpid());
  fs::remove_all(ready);
  fs::create_directories(ready);
  fs::rename(work / "weft_rtl.so", ready / "weft_rtl.so");
  fs::remove_all(work);
  fs::rename(ready, done.parent_path());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return {done.string(), seconds};
}

}  // namespace weft
