// SPDX-License-Identifier: Apache-2.0
// A table in Markdown that is also readable in a terminal.

#ifndef WEFT_SIM_STUDY_MARKDOWN_TABLE_H_
#define WEFT_SIM_STUDY_MARKDOWN_TABLE_H_

#include <string>
#include <vector>

namespace weft {

// rows[0] is the header; all rows have as many cells. The first `left` columns stand left, the others right.
std::string MarkdownTable(const std::vector<std::vector<std::string>>& rows, size_t left = 1);

}  // namespace weft

#endif  // WEFT_SIM_STUDY_MARKDOWN_TABLE_H_
