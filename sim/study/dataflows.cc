// SPDX-License-Identifier: Apache-2.0
// weft study dataflows: the energy of row stationary and five other dataflows on AlexNet, beside ISCA 2016.
#include "sim/study/dataflows.h"

#include <fmt/format.h>

#include "sim/html.h"

namespace weft {
namespace {

constexpr char kTitle[] = "Energy of dataflows on AlexNet";
constexpr char kIntroduction[] =
    "After Chen, Emer, Sze, ISCA 2016: the mapping of least energy for every dataflow and layer on storage of equal "
    "area, in units of one multiplication (RF 1, array 2, GLB 6, DRAM 200, words of 16 bits). "
    "Published energies are lengths of the bars in the paper's figures 10, 12 and 14. docs/study_dataflows.md has the "
    "mapping spaces.";

std::string Page(const DataflowStudy& study, const std::vector<StudyTable>& tables) {
  std::string body = fmt::format("<p>{}</p>\n", EscapeHtml(kIntroduction));
  body += "<h2>CONV layers</h2>\n" + ChartsHtml(DataflowCharts(study, false));
  body += "<h2>FC layers</h2>\n" + ChartsHtml(DataflowCharts(study, true));
  body += "<h2>Layer by layer</h2>\n" + ChartsHtml(DataflowLayerCharts(study));
  body += "<h2>Numbers</h2>\n";
  for (const StudyTable& table : tables) body += HtmlTable(table);
  return PageHtml(kTitle, body);
}

}  // namespace

StudyResult StudyDataflows() {
  const DataflowStudy study = RunDataflowStudy();
  const std::vector<StudyTable> tables = DataflowTables(study);
  StudyResult result;
  result.text = fmt::format("# {}\n\n{}\n\n", kTitle, kIntroduction);
  for (const StudyTable& table : tables) result.text += MarkdownTable(table);
  result.json = DataflowJson(study);
  result.html = Page(study, tables);
  for (const ClaimCheck& check : CheckClaims(study)) {
    if (check.holds) continue;
    result.failed += fmt::format("{}{} does not hold: {}", result.failed.empty() ? "" : "; ", check.claim, check.found);
  }
  return result;
}

}  // namespace weft
