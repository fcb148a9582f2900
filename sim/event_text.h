// SPDX-License-Identifier: Apache-2.0
// Events of a log in words.

#ifndef WEFT_SIM_EVENT_TEXT_H_
#define WEFT_SIM_EVENT_TEXT_H_

#include <cstdint>
#include <string>

#include "model/event_log.h"

namespace weft {

std::string CommandName(uint64_t opcode);  // "LOAD_F"
const char* UnitName(Event::Unit unit);    // "fl"
std::string EventText(const Event& event); // "start of LOAD_F"

}  // namespace weft

#endif  // WEFT_SIM_EVENT_TEXT_H_
