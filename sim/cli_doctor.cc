// SPDX-License-Identifier: Apache-2.0
// weft doctor: what is installed, what is missing, how to get it.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "model/error.h"
#include "sim/cli.h"

namespace weft {
namespace {

struct Tool {
  const char* program;  // in PATH, or a file if it begins with /
  const char* package;  // of Debian 12
  const char* use;
  bool run;  // `weft run` needs it
};

constexpr Tool kTools[] = {
    {"verilator", "verilator", "builds the RTL simulator", true},
    {"g++", "g++", "builds the RTL simulator", true},
    {"make", "make", "builds the RTL simulator", true},
    {"cmake", "cmake", "builds weft", false},
    {"ninja", "ninja-build", "builds weft", false},
    {"ccache", "ccache", "builds weft faster", false},
    {"flatc", "flatbuffers-compiler", "builds weft", false},
    {"git", "git", "names the commit", false},
    {"/usr/include/gtest/gtest.h", "libgtest-dev", "tests", false},
    {"python3", "python3", "tests, generated files", false},
    {"clang-format", "clang-format", "formats C++", false},
    {"chromium", "chromium", "tests of report pages", false},
    {"yosys", "yosys", "tests, FPGA synthesis", false},
    {"iverilog", "iverilog", "second opinion on the RTL", false},
    {"nextpnr-ice40", "nextpnr-ice40", "FPGA: place and route for iCE40", false},
    {"icepack", "fpga-icestorm", "FPGA: bitstreams for iCE40", false},
    {"openFPGALoader", "openfpgaloader", "FPGA: flashes boards", false},
    {"gtkwave", "gtkwave", "shows waveforms of --trace", false},
};

bool IsFile(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

// Where the program is; empty if it is not.
std::string Find(const std::string& program) {
  if (program[0] == '/') return IsFile(program) ? program : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string file = folder + "/" + program;
    if (IsFile(file) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

void RunDoctor() {
  std::string text = VersionLine() + "\n", missing, needed;
  for (const Tool& tool : kTools) {
    const std::string path = Find(tool.program);
    text += fmt::format("{:<8} {:<26} {:<34} {}\n",
                        path.empty() ? (tool.run ? "MISSING" : "missing") : "ok", tool.program,
                        tool.use,
                        path.empty() ? fmt::format("apt-get install {}", tool.package) : path);
    if (path.empty()) (tool.run ? needed : missing) += std::string(" ") + tool.package;
  }
  if (!missing.empty()) text += "for everything: apt-get install" + needed + missing + "\n";
  Print(text);
  if (needed.empty()) return;
  throw Error("`weft run` needs what is missing: apt-get install" + needed, ExitStatus::kMachine);
}

}  // namespace

void AddDoctorCommand(CLI::App* app) {
  app->add_subcommand("doctor", "what is installed, what is missing, how to get it")
      ->callback(RunDoctor);
}

}  // namespace weft
