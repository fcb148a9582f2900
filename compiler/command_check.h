// SPDX-License-Identifier: Apache-2.0
// The static check of a segment's commands: a program file that passes it makes no access outside
// the window or the GLB, uses no slot that was not loaded, and waits for no token that nobody
// gives.

#ifndef WEFT_COMPILER_COMMAND_CHECK_H_
#define WEFT_COMPILER_COMMAND_CHECK_H_

#include <string>

#include "compiler/program.h"

namespace weft {

// Checks headers, lengths, semaphores, ranges of memory and GLB, fields against the configuration,
// and that the layer records of exactly the segment's steps are written where the program says.
// Throws Error "WHERE, word N (COMMAND): what".
void CheckCommands(const Program& program, const Segment& segment, const std::string& where);

}  // namespace weft

#endif  // WEFT_COMPILER_COMMAND_CHECK_H_
