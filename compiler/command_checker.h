// SPDX-License-Identifier: Apache-2.0
// The check of one segment, command by command; command_check.h is for its users. Commands and
// what they move are checked in command_check.cc, patterns and passes in command_check_pass.cc.

#ifndef WEFT_COMPILER_COMMAND_CHECKER_H_
#define WEFT_COMPILER_COMMAND_CHECKER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/command_view.h"
#include "compiler/program.h"

namespace weft {

constexpr int64_t kGlbAddressMask = (int64_t{1} << spec::kMoveGlb.width) - 1;

// What a MAP command has loaded.
struct LoadedPattern {
  bool loaded = false;
  int64_t streams = 0;
  std::vector<uint32_t> stream_words, unit_words;
};

class CommandChecker {
 public:
  CommandChecker(const Program& program, const Segment& segment, const std::string& where)
      : program_(program),
        config_(program.config),
        segment_(segment),
        where_(where),
        reader_(segment.words, program.config),
        next_layer_(segment.first_step) {}

  void Run();

 private:
  [[noreturn]] void Fail(const std::string& what) const;
  void Require(bool ok, const char* what) const {
    if (!ok) Fail(what);
  }
  // A field's value, refused outside of [lowest, highest].
  int64_t In(const spec::Field& field, int64_t lowest, int64_t highest) const;

  void CheckTokens();
  void CheckMove(bool store);
  void CheckEndLayer();
  void CheckMap();
  void CheckCfg();
  void CheckFilter();
  void CheckParam();
  void CheckPass();
  void CheckPassShape() const;
  void CheckPassStreams(const LoadedPattern& pattern) const;
  void CheckPassUnits(const LoadedPattern& pattern) const;

  const Program& program_;
  const Config& config_;
  const Segment& segment_;
  const std::string& where_;
  CommandReader reader_;
  size_t at_ = 0;
  CommandView command_;
  int64_t tokens_[spec::kSemCount] = {};
  int next_layer_;  // step whose record comes next
  LoadedPattern patterns_[1 << spec::kPassPattern.width];
  bool cfg_loaded_[2] = {}, copy_loaded_[2] = {}, half_loaded_[2] = {};
};

}  // namespace weft

#endif  // WEFT_COMPILER_COMMAND_CHECKER_H_
