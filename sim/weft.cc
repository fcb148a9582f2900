// SPDX-License-Identifier: Apache-2.0
// The `weft` program: parses the command line, runs one command, turns errors into one line on
// standard error and an exit status.

#include <cstdio>
#include <new>
#include <string>

#include "model/error.h"
#include "sim/cli.h"
#include "sim/interrupt.h"

namespace {

// One line, whatever a file name or a library's message holds.
int Complain(const std::string& what, weft::ExitStatus status) {
  std::string line = "weft: " + what;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  while (line.back() == ' ') line.pop_back();
  std::fprintf(stderr, "%s\n", line.c_str());
  return static_cast<int>(status);
}

std::string Joined(int argc, char** argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) text += (i == 0 ? "" : " ") + std::string(argv[i]);
  return text;
}

int Main(int argc, char** argv) {
  CLI::App app("Weft: a row-stationary neural-network accelerator, simulated from its Verilog.",
               "weft");
  app.require_subcommand(1);
  app.set_version_flag("--version", weft::VersionLine, "version, commit, hash of the RTL");
  weft::AddRunCommand(&app, Joined(argc, argv));
  weft::AddCompileCommand(&app);
  weft::AddCompareCommand(&app);
  weft::AddInspectCommand(&app);
  weft::AddMapCommand(&app, Joined(argc, argv));
  weft::AddConfigCommand(&app);
  weft::AddStudyCommand(&app);
  weft::AddReportCommand(&app);
  weft::AddDoctorCommand(&app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    std::string command = "weft";
    for (const CLI::App* sub : app.get_subcommands()) command += " " + sub->get_name();
    return Complain(std::string(error.what()) + "; `" + command + " --help` lists the options",
                    weft::ExitStatus::kUsage);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  weft::EndOnSignals();
  try {
    return Main(argc, argv);
  } catch (const weft::Error& error) {
    return Complain(error.what(), error.status());
  } catch (const std::bad_alloc&) {
    return Complain("not enough memory on this machine", weft::ExitStatus::kMachine);
  } catch (const std::exception& error) {
    return Complain(std::string("internal error: ") + error.what(), weft::ExitStatus::kMachine);
  }
}
