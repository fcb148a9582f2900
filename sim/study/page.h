// SPDX-License-Identifier: Apache-2.0
// The page of a study: charts of stacked bars as inline SVG, and tables. One file, no scripts, nothing from a network.

#ifndef WEFT_SIM_STUDY_PAGE_H_
#define WEFT_SIM_STUDY_PAGE_H_

#include <string>
#include <vector>

namespace weft {

struct StackedBar {
  std::string label;          // beside the bar
  std::string name;           // for readers of the bar alone, "RS, batch 16"
  std::vector<double> parts;  // in the order of the chart's series; empty: `absent` stands in its place
  std::string absent;
};

struct BarGroup {
  std::string label;
  std::vector<StackedBar> bars;
};

// Bars lie; at most six series. A bar says its parts when pointed at or focused.
struct StackedChart {
  std::string title, unit;
  std::vector<std::string> series;
  std::vector<BarGroup> groups;
  double most = 0;  // of the axis; 0: of the longest bar. Charts to be compared share it.
};

std::string ChartHtml(const StackedChart& chart);
// Charts beside each other where there is room, with one legend.
std::string ChartsHtml(const std::vector<StackedChart>& charts);
std::string PageHtml(const std::string& title, const std::string& body);

}  // namespace weft

#endif  // WEFT_SIM_STUDY_PAGE_H_
