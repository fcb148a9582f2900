// SPDX-License-Identifier: Apache-2.0
// What `run` prints: a table of the layers, their totals, and the answer of a classifier.

#ifndef WEFT_SIM_TABLE_H_
#define WEFT_SIM_TABLE_H_

#include <string>

#include "compiler/program.h"
#include "model/energy.h"
#include "sim/run.h"

namespace weft {

std::string LayerTable(const Program& program, const RunResult& result, const EnergyTable& table);

// "answer: 7 (0.996), 1 (0.004), ..." for every inference of a model with one output vector of at
// most 1,001 numbers (ImageNet's classes and one for none) that is not as large as its input;
// empty for others.
std::string TopAnswers(const Program& program, const RunResult& result);

}  // namespace weft

#endif  // WEFT_SIM_TABLE_H_
