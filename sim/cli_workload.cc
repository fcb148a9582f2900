// SPDX-License-Identifier: Apache-2.0
// Options that only .yaml workloads take.
#include "sim/cli.h"

namespace weft {
namespace {

const CLI::Validator kWholeNumber(
    [](const std::string& text) {
      return text.find('-') == 0 ? "--seed: a number from 0 on is needed" : "";
    },
    "UINT64");

const CLI::Validator kFraction(
    [](const std::string& text) -> std::string {
      double value = 0;
      const bool fits = CLI::detail::lexical_cast(text, value) && value >= 0 && value <= 1;
      return fits ? "" : "--zeros: a fraction from 0 to 1 is needed";
    },
    "FLOAT");

}  // namespace

void AddSeedOption(CLI::App* command, std::optional<uint64_t>* seed, const std::string& text) {
  command->add_option("--seed", *seed, text)->check(kWholeNumber);
}

void AddWorkloadOptions(CLI::App* command, WorkloadOptions* options) {
  command
      ->add_option("--zeros", options->zeros,
                   "workloads: zero fraction of every activation tensor instead of the file's, 0 "
                   "for dense")
      ->check(kFraction);
  command
      ->add_option_function<std::string>(
          "--zeros-kind",
          [options](const std::string& kind) {
            options->zeros_kind = kind == kIid ? ZerosKind::kIid : ZerosKind::kClustered;
          },
          "workloads: iid, every activation on its own; clustered, by channel and place")
      ->check(CLI::IsMember({kIid, kClustered}));
}

}  // namespace weft
