// SPDX-License-Identifier: Apache-2.0
// The three forms of a report.

#ifndef WEFT_SIM_REPORT_TEXT_H_
#define WEFT_SIM_REPORT_TEXT_H_

#include <string>
#include <vector>

#include "sim/report/run.h"

namespace weft::report {

std::string Page(const std::vector<Run>& runs);      // HTML with everything in it
std::string Csv(const std::vector<Run>& runs);       // RFC 4180
std::string Markdown(const std::vector<Run>& runs);  // sums, layers, settings

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_TEXT_H_
