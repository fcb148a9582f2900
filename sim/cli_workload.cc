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

}  // namespace

void AddSeedOption(CLI::App* command, std::optional<uint64_t>* seed, const std::string& text) {
  command->add_option("--seed", *seed, text)->check(kWholeNumber);
}

void AddWorkloadOptions(CLI::App* command, WorkloadOptions* options) {
  command
      ->add_option("--zeros", options->zeros,
                   "workloads: zero fraction of every activation tensor instead of the file's, 0 for "
                   "dense")
      ->check(CLI::Range(0.0, 1.0));
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
