// SPDX-License-Identifier: Apache-2.0
// `weft study NAME`: a published table or figure, ours beside theirs. Each study is NAME.cc and what belongs to it.

#ifndef WEFT_SIM_STUDY_STUDY_H_
#define WEFT_SIM_STUDY_STUDY_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace weft {

struct StudyResult {
  std::string text;             // for standard output: tables in Markdown, with sources
  nlohmann::ordered_json json;  // every number of the text, for --json
  std::string html;             // a self-contained page with plots, if the study has one
  std::string failed;           // empty, or in one line what the study had to show and does not (exit status 4)
};

struct Study {
  const char* name;
  const char* doc;
  StudyResult (*run)();
  bool has_page;  // for --html
};
const std::vector<Study>& Studies();

}  // namespace weft

#endif  // WEFT_SIM_STUDY_STUDY_H_
