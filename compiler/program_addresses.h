// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_COMPILER_PROGRAM_ADDRESSES_H_
#define WEFT_COMPILER_PROGRAM_ADDRESSES_H_

#include <string>

#include "compiler/program.h"

namespace weft {

// Every region of a program inside the device window and aligned, regions apart while both are in
// use, and a window no larger than they need together (it is memory that an engine will allocate).
// Throws Error "PATH: what".
void CheckAddresses(const Program& program, const std::string& path);

}  // namespace weft

#endif  // WEFT_COMPILER_PROGRAM_ADDRESSES_H_
