// SPDX-License-Identifier: Apache-2.0
// A mapping as JSON, under the names of its fields: in program files, run records and `inspect`.

#ifndef WEFT_COMPILER_MAPPING_JSON_H_
#define WEFT_COMPILER_MAPPING_JSON_H_

#include <nlohmann/json.hpp>

#include "compiler/mapping.h"

namespace weft {

// All numbers. With `rows` also the list of row entries, [channel, count, r, s] each.
nlohmann::ordered_json MappingToJson(const Mapping& mapping, bool rows);

// From MappingToJson with rows. Throws Error saying which field is wrong.
Mapping MappingFromJson(const nlohmann::ordered_json& json);

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPING_JSON_H_
