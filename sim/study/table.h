// SPDX-License-Identifier: Apache-2.0
// A table of a study, for standard output as Markdown and for its page as HTML.

#ifndef WEFT_SIM_STUDY_TABLE_H_
#define WEFT_SIM_STUDY_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

struct StudyTable {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // as long as the header
  std::string note;                            // below; may be empty
  size_t words = 1;                            // so many columns are text, the others numbers
};

std::string Fixed(double value, int digits);  // so many behind the point
inline double Mega(int64_t n) { return static_cast<double>(n) / 1e6; }

std::string MarkdownTable(const StudyTable& table);
std::string HtmlTable(const StudyTable& table);

}  // namespace weft

#endif  // WEFT_SIM_STUDY_TABLE_H_
