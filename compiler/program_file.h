// SPDX-License-Identifier: Apache-2.0
// The program file: what `weft compile` writes and `weft run` takes instead of a model.
//
// Little-endian. A header of 16 bytes: the letters WEFT, the format version, the number of
// sections, the CRC-32 of these 12 bytes. Then the sections, in this order, each a header of 20
// bytes (4 letters, length in 64 bits, CRC-32 of the letters and the length, CRC-32 of the
// content) and its content:
//
//   CONF  Config::Hash32, compile options, name and resolved YAML of the configuration
//   MODL  the model's name and its file (of a workload: WorkloadToYaml of what was compiled); graph
//         and steps are made from it again
//   MAPS  the mappings of every step, JSON
//   CMDS  segments: first and last step, address, command words
//   WGHT  the weight image
//   BIND  window size, addresses of the image, of layer records, of buffers
//
// Texts have a length of 64 bits before them.

#ifndef WEFT_COMPILER_PROGRAM_FILE_H_
#define WEFT_COMPILER_PROGRAM_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/program.h"

namespace weft {

constexpr uint32_t kProgramFormatVersion = 1;

// Whether the bytes begin like a program file.
bool IsProgramFile(const std::vector<uint8_t>& bytes);

// program.model_bytes must be there.
std::vector<uint8_t> WriteProgram(const Program& program);

// Checks everything before it is used: lengths, CRCs, the configuration, the model, addresses
// (inside the window, regions apart), steps of segments against the plan, every command
// (command_check.h). Throws Error, one line that begins with `path`. Layers are lowered again, not
// mapped again.
Program ReadProgram(const std::vector<uint8_t>& bytes, const std::string& path);

}  // namespace weft

#endif  // WEFT_COMPILER_PROGRAM_FILE_H_
