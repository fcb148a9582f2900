// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "sim/report/table.h"

namespace weft::report {
namespace {

using Key = std::pair<std::string, int>;  // a name and which of that name

std::vector<Key> KeysOf(const Run& run) {
  std::map<std::string, int> seen;
  std::vector<Key> keys;
  for (const Layer& layer : run.layers) keys.emplace_back(layer.name, seen[layer.name]++);
  return keys;
}

}  // namespace

std::vector<std::vector<const Layer*>> AlignLayers(const std::vector<Run>& runs) {
  std::vector<std::vector<const Layer*>> rows;
  std::vector<Key> keys;
  for (size_t r = 0; r < runs.size(); ++r) {
    const std::vector<Key> here = KeysOf(runs[r]);
    const bool meets = std::any_of(here.begin(), here.end(), [&](const Key& key) {
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    });
    size_t at = meets ? 0 : keys.size();  // behind the row of the layer before
    for (size_t i = 0; i < here.size(); ++i) {
      size_t row = static_cast<size_t>(std::find(keys.begin(), keys.end(), here[i]) - keys.begin());
      if (row == keys.size()) {
        row = at;
        keys.insert(keys.begin() + static_cast<std::ptrdiff_t>(row), here[i]);
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(row), std::vector<const Layer*>(runs.size(), nullptr));
      }
      rows[row][r] = &runs[r].layers[i];
      at = row + 1;
    }
  }
  return rows;
}

}  // namespace weft::report
