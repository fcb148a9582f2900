// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/report/settings.h"
#include "sim/report/text.h"

namespace weft::report {
namespace {

// Nothing of it is markup or ends a cell.
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      escaped += ' ';
      continue;
    }
    if (std::string("\\`*_{}[]<>#|~&").find(c) != std::string::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Line(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + Escaped(cell) + " |";
  return line + "\n";
}

std::string Rule(size_t texts, size_t numbers) {
  std::string line = "|";
  for (size_t i = 0; i < texts; ++i) line += "---|";
  for (size_t i = 0; i < numbers; ++i) line += "---:|";
  return line + "\n";
}

std::string Sums(const std::vector<Run>& runs) {
  std::vector<std::string> head = {""};
  for (const Run& run : runs) head.push_back(run.label);
  if (runs.size() == 2) head.push_back("B − A");
  std::string text = Line(head) + Rule(1, head.size() - 1);
  for (const Column& column : SumColumns()) {
    std::vector<std::string> cells = {column.name};
    std::vector<Number> numbers;
    for (const Run& run : runs) {
      numbers.push_back(column.number(run, run.total));
      cells.push_back(Printed(numbers.back()));
    }
    if (runs.size() == 2) cells.push_back(Difference(numbers[0], numbers[1]));
    text += Line(cells);
  }
  return text;
}

std::string Layers(const Run& run) {
  Columns columns = LayerColumns(), energies = EnergyColumns();
  energies.pop_back();  // the total is there
  columns.insert(columns.end(), energies.begin(), energies.end());
  std::vector<std::string> head = {"#", "layer"};
  for (const Column& column : columns) head.push_back(column.name);
  std::string text = Line(head) + Rule(4, head.size() - 4);
  const auto row = [&](const std::string& index, const Layer& layer) {
    std::vector<std::string> cells = {index, layer.name};
    for (const Column& column : columns)
      cells.push_back(column.number ? Printed(column.number(run, layer)) : column.text(layer));
    text += Line(cells);
  };
  for (const Layer& layer : run.layers) row(std::to_string(layer.index), layer);
  row("", run.total);
  return text;
}

std::string Settings(const NamedTexts& settings) {
  std::string text = Line({"setting", "value"}) + Rule(2, 0);
  for (const auto& [name, value] : settings) text += Line({name, value});
  return text;
}

}  // namespace

std::string Markdown(const std::vector<Run>& runs) {
  std::string text = "# Weft report\n\n";
  for (const Run& run : runs) text += "* " + Escaped(run.Title()) + "\n";
  text += "\n## In sum\n\n" + Sums(runs);
  for (const Run& run : runs) {
    const std::string of = run.label.empty() ? "" : " of run " + run.label;
    text += fmt::format("\n## Layers{}\n\n{}", of, Layers(run));
    text += fmt::format("\n## Settings{}\n\n{}", of, Settings(SettingsOf(run)));
    text += fmt::format("\n## Outputs{}, SHA-256\n\n{}", of, Settings(OutputsOf(run)));
  }
  return text;
}

}  // namespace weft::report
