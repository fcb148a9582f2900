// SPDX-License-Identifier: Apache-2.0
// The commands of the `weft` program, one file each: cli_run.cc, cli_compile.cc, ... Each adds its
// options to the parser and does its work in a callback; what goes wrong is a weft::Error.

#ifndef WEFT_SIM_CLI_H_
#define WEFT_SIM_CLI_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "sim/model_file.h"

namespace weft {

// command_line: as the user typed it, for the run record.
void AddRunCommand(CLI::App* app, const std::string& command_line);
void AddCompileCommand(CLI::App* app);
void AddCompareCommand(CLI::App* app);
void AddInspectCommand(CLI::App* app);
void AddMapCommand(CLI::App* app, const std::string& command_line);
void AddConfigCommand(CLI::App* app);
void AddStudyCommand(CLI::App* app);
void AddReportCommand(CLI::App* app);
void AddDoctorCommand(CLI::App* app);

// "weft 0.1.0, commit ..., RTL sha256 ..."
std::string VersionLine();

// Of the RTL of the source tree; empty if it is not there.
std::string RtlSha256();

// To standard output; Error (kMachine) if it cannot take all.
void Print(const std::string& text);

// --objective.
void AddObjectiveOption(CLI::App* command, std::optional<Objective>* objective);

// --zeros and --zeros-kind.
void AddWorkloadOptions(CLI::App* command, WorkloadOptions* options);
void AddSeedOption(CLI::App* command, std::optional<uint64_t>* seed, const std::string& text);

// "A..B"; Error (kUsage).
std::pair<int, int> ParseLayerRange(const std::string& text);

}  // namespace weft

#endif  // WEFT_SIM_CLI_H_
