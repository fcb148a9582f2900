// SPDX-License-Identifier: Apache-2.0
// A layer of a run record, checked. All throw Error: the file, the field, what is wrong with it.

#ifndef WEFT_SIM_REPORT_LAYER_H_
#define WEFT_SIM_REPORT_LAYER_H_

#include "sim/report/field.h"
#include "sim/report/run.h"

namespace weft::report {

Layer ReadLayer(const Field& field);

// What layers and totals have alike.
void ReadNumbers(const Field& field, Layer* layer);

// Of an `energy_pj`; its total must be the sum of the components.
void ReadEnergy(const Field& energy, Layer* layer);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_LAYER_H_
