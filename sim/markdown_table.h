// SPDX-License-Identifier: Apache-2.0
// A table in Markdown that is also readable in a terminal.

#ifndef WEFT_SIM_MARKDOWN_TABLE_H_
#define WEFT_SIM_MARKDOWN_TABLE_H_

#include <string>
#include <vector>

namespace weft {

// rows[0] is the header; all rows have as many cells. The first column stands left, the others right.
std::string MarkdownTable(const std::vector<std::vector<std::string>>& rows);

}  // namespace weft

#endif  // WEFT_SIM_MARKDOWN_TABLE_H_
