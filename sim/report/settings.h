// SPDX-License-Identifier: Apache-2.0
// Every setting of a run that is needed to repeat it, and what must come out again.

#ifndef WEFT_SIM_REPORT_SETTINGS_H_
#define WEFT_SIM_REPORT_SETTINGS_H_

#include <string>
#include <vector>

#include "sim/report/run.h"
#include "sim/report/table.h"

namespace weft::report {

NamedTexts SettingsOf(const Run& run);

// SHA-256 of every output.
NamedTexts OutputsOf(const Run& run);

// Tables of settings, outputs and what each event costs, in HTML.
std::string SettingsHtml(const std::vector<Run>& runs);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_SETTINGS_H_
