// SPDX-License-Identifier: Apache-2.0
// The first event that differs: in logs that were changed, and of devices that differ on purpose.
#include <gtest/gtest.h>

#include "compiler/import_tflite.h"
#include "model/error.h"
#include "sim/device_runner.h"
#include "sim/event_text.h"
#include "sim/first_difference.h"
#include "sim/input.h"
#include "sim/run.h"
#include "sim/systemc_device.h"

namespace weft {
namespace {

// A systemc device of the built-in model whose memory gets one wrong byte, if it is told to.
class Spoiled final : public driver::Device {
 public:
  Spoiled(std::unique_ptr<driver::Device> device, int64_t address)
      : device_(std::move(device)), address_(address) {}
  uint32_t ReadRegister(uint32_t address) override { return device_->ReadRegister(address); }
  void WriteRegister(uint32_t address, uint32_t value) override {
    device_->WriteRegister(address, value);
  }
  void ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) override {
    device_->ReadMemory(offset, bytes, count);
  }
  void WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) override {
    std::vector<uint8_t> copy(bytes, bytes + count);
    const int64_t at = address_ - static_cast<int64_t>(offset);
    if (at >= 0 && at < static_cast<int64_t>(count)) copy[static_cast<size_t>(at)] ^= 1;
    device_->WriteMemory(offset, copy.data(), count);
  }
  bool WaitInterrupt(int64_t timeout_cycles) override {
    return device_->WaitInterrupt(timeout_cycles);
  }
  void Reset() override { device_->Reset(); }

 private:
  const std::unique_ptr<driver::Device> device_;
  const int64_t address_;
};

struct Changes {
  std::string memory = "8,60";
  int64_t wrong_byte = -1;
};

class FirstDifference : public ::testing::Test {
 protected:
  // Runs the model as it is and with the changes; what the error and the report say.
  void Run(const Changes& changes) {
    LoggedDevice devices[2];
    std::unique_ptr<DeviceRunner> runners[2];
    for (int i = 0; i < 2; ++i) {
      DeviceOptions options;
      if (i == 1) options.memory = changes.memory;
      options.event_bursts = true;
      options.events = [&events = devices[i].events](const Event& e) { events.push_back(e); };
      devices[i].name = i == 0 ? "plain" : "changed";
      runners[i] = std::make_unique<DeviceRunner>(
          program_, std::make_unique<Spoiled>(
                        MakeSystemcDevice(program_.config, program_.window_bytes, options),
                        i == 0 ? -1 : changes.wrong_byte));
      devices[i].device = runners[i].get();
    }
    PairRunner pair(program_, &devices[0], &devices[1]);
    error_.clear();
    try {
      result_ = RunOnDevice(program_, &pair, inputs_, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), ExitStatus::kComparison);
      error_ = error.what();
    }
    report_ = pair.report();
    events_ = devices[0].events;
  }
  void ExpectIn(const std::string& text, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
  }

  const Program program_ = Compile(ImportTfliteFile(WEFT_SOURCE_DIR "/zoo/digits/model.tflite"),
                                   LoadConfig("weft168"));
  const std::vector<TensorData> inputs_ = RandomInputs(program_.graph, 1, 1);
  RunResult result_;
  std::string error_, report_;
  std::vector<Event> events_;
};

TEST_F(FirstDifference, OfEqualDevicesThereIsNone) {
  Run({});
  EXPECT_EQ(error_, "");
  EXPECT_EQ(report_, "");
  EXPECT_EQ(result_.outputs[0].size(), 10u);
  EXPECT_GT(events_.size(), 1000u);
}

// One cycle more of memory latency: fetch is the first one who waits for data before it goes on.
TEST_F(FirstDifference, OfASlowerMemoryIsTheFirstBurst) {
  Run({"8,61", -1});
  ExpectIn(error_, {"layer 0 (conv), unit fetch", "expected burst of 8 beats at 0x",
                    "(plain), got", "(changed)"});
  ExpectIn(report_, {"the first difference: layer 0 (conv), unit fetch, cycle", "what led there:\n",
                     "fetch   burst of 8 beats at 0x"});
}

// The first wrong byte is that of the first tensor's burst that holds it.
TEST_F(FirstDifference, OfAWrongWeightIsTheBurstThatHoldsIt) {
  Run({"8,60", program_.image_address});
  ExpectIn(error_, {"unit fl", "data hash"});
  ExpectIn(report_, {"* cycle", "fl      start of LOAD_F"});
}

// ---- logs that were changed ----

TEST_F(FirstDifference, FindsAnyChangeOfAnyEvent) {
  Run({});
  for (size_t i = 0; i < events_.size(); i += 37) {
    std::vector<Event> later = events_, other = events_, missing = events_;
    later[i].cycle += 1;
    std::stable_sort(later.begin(), later.end(), Event::Earlier);
    other[i].value ^= 4;
    missing.erase(missing.begin() + static_cast<int64_t>(i));
    for (const std::vector<Event>& changed : {later, other, missing}) {
      for (bool swapped : {false, true}) {
        const auto difference =
            swapped ? FindDifference(changed, events_) : FindDifference(events_, changed);
        ASSERT_TRUE(difference);
        EXPECT_EQ(difference->unit, events_[i].unit);
        EXPECT_EQ(difference->cycle, events_[i].cycle);
        const auto& whole = swapped ? difference->got : difference->expected;
        ASSERT_TRUE(whole);
        EXPECT_EQ(*whole, events_[i]);
        ASSERT_LE(difference->before.size(), 16u);
        ASSERT_GE(difference->before.size(), std::min<size_t>(i, 8));
        for (const Event& event : difference->before) EXPECT_FALSE(Event::Earlier(events_[i], event));
      }
    }
  }
}

TEST_F(FirstDifference, AShorterLogEndsEarlier) {
  Run({});
  const std::vector<Event> cut(events_.begin(), events_.end() - 5);
  const auto difference = FindDifference(events_, cut);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->expected, events_[cut.size()]);
  EXPECT_FALSE(FindDifference(events_, events_));
  EXPECT_FALSE(FindDifference({}, {}));
}

TEST(EventText, IsThereForEveryKind) {
  for (int unit = 0; unit < Event::kUnits; ++unit)
    for (int kind = Event::kStart; kind <= Event::kMemWrites; ++kind)
      EXPECT_NE(EventText({0, static_cast<Event::Unit>(unit), static_cast<Event::Kind>(kind), 0}), "");
}

}  // namespace
}  // namespace weft
