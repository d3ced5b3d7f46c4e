#include "inference/inference.hpp"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "history/memory_history.hpp"
#include "inference/adaptive_threshold.hpp"
#include "inference/test_allocations.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;
using Disturb = std::function<void(std::vector<Sample>&)>;

void nothing(std::vector<Sample>&) {}

/// Sets the flow and leaves the rest.
Disturb flow_at(double value) {
  return [value](std::vector<Sample>& samples) {
    for (auto& s : samples) {
      if (s.signal == test::kFlow) s.value = value + 0.01 * (s.value - 250.0);
    }
  };
}

Disturb without(SignalId signal) {
  return [signal](std::vector<Sample>& samples) {
    std::erase_if(samples, [signal](const Sample& s) { return s.signal == signal; });
  };
}

/// A stage with its history, fed a second a tick as the engine would.
class Twin {
 public:
  explicit Twin(std::vector<DetectorSpec> detectors)
      : Twin(test::station_with(std::move(detectors))) {}
  explicit Twin(std::shared_ptr<const Plant> plant)
      : plant_(std::move(plant)), history_(*plant_), stage_(plant_, 1) {}

  void run(int from_s, int until_s, const Disturb& disturb = nothing) {
    for (int s = from_s; s < until_s; ++s) {
      auto samples = test::normal_second(random_, s);
      disturb(samples);
      tick(samples, at(s + 0.2));
    }
  }

  void tick(const std::vector<Sample>& samples, Timestamp now) {
    Frame frame{now, samples, {}};
    EXPECT_TRUE(stage_.train_due(history_, now, frame.events).has_value());
    stage_.observe(samples, Snapshot(plant_->signals.size()), now, next_id_, frame.samples,
                   frame.events);
    derived_.insert(derived_.end(),
                    frame.samples.begin() + static_cast<std::ptrdiff_t>(samples.size()),
                    frame.samples.end());
    for (auto& event : frame.events) {
      event.known_at = now;
      events_.push_back(event);
    }
    EXPECT_TRUE(history_.commit(frame).has_value());
    now_ = now;
  }

  /// The process ends and starts again, with the snapshot that the history would give.
  void restart() {
    Snapshot snapshot(plant_->signals.size());
    std::vector<Alarm> alarms;
    for (const auto& raised : all<AlarmRaised>()) {
      Alarm alarm;
      alarm.raised = raised;
      const auto cleared = all<AlarmCleared>();
      if (std::ranges::any_of(cleared, [&](const auto& c) { return c.alarm == raised.alarm; }))
        alarm.cleared_at = at(0);
      alarms.push_back(alarm);
    }
    snapshot.alarms = std::make_shared<const std::vector<Alarm>>(std::move(alarms));
    stage_ = InferenceStage(plant_, 1);
    stage_.restore(snapshot);
  }

  template <class Body>
  std::vector<Body> all() const {
    std::vector<Body> out;
    for (const auto& event : events_) {
      if (const auto* body = std::get_if<Body>(&event.body)) out.push_back(*body);
    }
    return out;
  }
  /// Source times and values of a derived signal.
  std::vector<Sample> derived(SignalId signal) const {
    std::vector<Sample> out;
    std::ranges::copy_if(derived_, std::back_inserter(out),
                         [=](const Sample& s) { return s.signal == signal; });
    return out;
  }
  /// As the engine does it: the event in the history, and the stage told.
  void ask(const RetrainAsked& asked) {
    stage_.retrain(asked);
    say(asked);
  }
  void say(EventBody body) {
    now_ = now_ + Duration::milliseconds(1);
    events_.push_back({now_, std::move(body)});
    EXPECT_TRUE(history_.commit({now_, {}, {events_.back()}}).has_value());
  }
  InferenceStage& stage() { return stage_; }
  history::MemoryHistory& history() { return history_; }

 private:
  std::shared_ptr<const Plant> plant_;
  history::MemoryHistory history_;
  InferenceStage stage_;
  Timestamp now_ = Timestamp::min();
  Random random_{42};
  std::uint64_t next_id_ = 1;
  std::vector<Sample> derived_;
  std::vector<Event> events_;
};

TEST(InferenceStage, TrainsOnceWhenItsStretchOfHistoryIsComplete) {
  Twin twin({test::behaviour()});
  twin.run(0, 300);
  EXPECT_EQ(twin.stage().untrained(), (std::vector<std::string>{"pump_1.behaviour"}));
  EXPECT_TRUE(twin.derived(test::kScore).empty());
  twin.run(300, 400);
  EXPECT_TRUE(twin.stage().untrained().empty());
  const auto trained = twin.all<Trained>();
  ASSERT_EQ(trained.size(), 1u);
  EXPECT_EQ(trained[0].subject, "pump_1.behaviour");
  EXPECT_EQ(trained[0].from, at(0));
  EXPECT_EQ(trained[0].until, at(300));
  EXPECT_EQ(trained[0].rows, 300u);
  EXPECT_NE(trained[0].summary.find("asked for"), std::string::npos);
  EXPECT_NE(trained[0].summary.find("not promised"), std::string::npos) << trained[0].summary;
}

TEST(InferenceStage, NamesAnAlarmAfterTheDisturbedSignalAndClearsItWhenItIsOver) {
  Twin twin({test::behaviour()});
  twin.run(0, 400);
  EXPECT_TRUE(twin.all<AlarmRaised>().empty());
  twin.run(400, 410, flow_at(171));
  const auto raised = twin.all<AlarmRaised>();
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].name, "pump_1: flow abnormal");
  EXPECT_EQ(raised[0].source, "pump_1.behaviour");
  EXPECT_TRUE(raised[0].cause.starts_with("flow 171 l/min, expected 25")) << raised[0].cause;
  EXPECT_EQ(raised[0].onset, at(400));
  EXPECT_EQ(raised[0].consequence, "The tank may run dry.");
  EXPECT_FALSE(raised[0].action.empty());
  EXPECT_EQ(raised[0].version, twin.all<Trained>()[0].version);
  EXPECT_LT(twin.derived(test::kPumpHealth).back().value, 0.7);
  twin.run(410, 460);
  EXPECT_EQ(twin.all<AlarmCleared>().size(), 1u);
}

TEST(InferenceStage, NamesEachDisturbedSignalOfThePump) {
  for (const auto& [signal, name] :
       {std::pair{test::kPressure, "suction_pressure"}, std::pair{test::kVibration, "vibration"}}) {
    Twin twin({test::behaviour()});
    twin.run(0, 400);
    twin.run(400, 420, [signal = signal](std::vector<Sample>& samples) {
      for (auto& s : samples) {
        if (s.signal == signal) s.value *= 2.0;
      }
    });
    ASSERT_EQ(twin.all<AlarmRaised>().size(), 1u);
    EXPECT_EQ(twin.all<AlarmRaised>()[0].name, std::string("pump_1: ") + name + " abnormal");
  }
}

DetectorSpec auto_behaviour() {
  auto spec = test::behaviour();
  spec.kind = "auto";
  spec.training.first = Duration::minutes(10);
  return spec;
}

TEST(InferenceStage, AutoNoticesAStepAndShowsTheNormalRowThatIsMostAlike) {
  Twin twin({auto_behaviour()});
  twin.run(0, 700);
  ASSERT_EQ(twin.all<Trained>().size(), 1u);
  EXPECT_NE(twin.all<Trained>()[0].summary.find("rehearsed faults"), std::string::npos);
  twin.run(700, 720, flow_at(171));
  const auto raised = twin.all<AlarmRaised>();
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_TRUE(raised[0].name.starts_with("pump_1: flow")) << raised[0].name;
  EXPECT_GE(raised[0].nearest_normal, at(0));
  EXPECT_LT(raised[0].nearest_normal, at(600));
  EXPECT_GT(raised[0].nearest_distance, 3.0);
}

TEST(InferenceStage, AutoNoticesAShiftThatDrownsInSingleValues) {
  Twin twin({auto_behaviour()});
  twin.run(0, 1500);
  ASSERT_TRUE(twin.all<AlarmRaised>().empty());
  twin.run(1500, 1700, [](std::vector<Sample>& samples) {
    for (auto& s : samples) {
      if (s.signal == test::kVibration) s.value += 0.15;  // its spread is 0.1
    }
  });
  const auto raised = twin.all<AlarmRaised>();
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_TRUE(raised[0].name.starts_with("pump_1: vibration")) << raised[0].name;
}

TEST(InferenceStage, AChangePointIsToldOfOnceAndThePlantMayStayThere) {
  auto changes = auto_behaviour();
  changes.kind = "change_point";
  Twin twin({changes});
  const auto elsewhere = [](std::vector<Sample>& samples) {
    for (auto& s : samples) {
      if (s.signal == test::kVibration) s.value += 0.4;
    }
  };
  twin.run(0, 1500);
  ASSERT_TRUE(twin.all<AlarmRaised>().empty());
  twin.run(1500, 2600, elsewhere);
  EXPECT_EQ(twin.all<AlarmRaised>().size(), 1u);
  EXPECT_EQ(twin.all<AlarmCleared>().size(), 1u) << "what it came to is usual";
  twin.run(2600, 2700);
  EXPECT_EQ(twin.all<AlarmRaised>().size(), 2u) << "back again is a change too";
}

TEST(InferenceStage, AutoLearnsAgainWhenThereAreFourHoursToLearnFrom) {
  Twin twin({auto_behaviour()});
  twin.run(0, 4 * 3600 + 10);
  const auto trained = twin.all<Trained>();
  ASSERT_EQ(trained.size(), 2u);
  EXPECT_EQ(trained[1].from, at(0));
  EXPECT_EQ(trained[1].until, at(4 * 3600));
  EXPECT_NE(trained[1].version, trained[0].version);
  twin.restart();
  twin.run(4 * 3600 + 10, 4 * 3600 + 60);
  EXPECT_EQ(twin.all<Trained>().size(), 2u) << "the same again after a restart";
}

TEST(InferenceStage, AnAlarmLiftsTheThresholdOfTheNextAndARestartDoesNotForgetIt) {
  const auto score_after = [](bool adapt, bool restart) {
    auto spec = test::behaviour();
    spec.kind = "robust_limits";
    spec.settings["adapt"] = adapt ? 1.0 : 0.0;
    Twin twin({spec});
    twin.run(0, 400);
    twin.run(400, 420, flow_at(171));
    twin.run(420, 500);
    EXPECT_EQ(twin.all<AlarmRaised>().size(), 1u);
    if (restart) twin.restart();
    twin.run(500, 520, flow_at(171));
    return twin.derived(test::kScore).back().value;
  };
  const double fixed = score_after(false, false);
  EXPECT_NEAR(score_after(true, false), fixed / AdaptiveThreshold::kStep, 0.01 * fixed);
  EXPECT_NEAR(score_after(true, true), fixed / AdaptiveThreshold::kStep, 0.01 * fixed);
}

TEST(InferenceStage, IsQuietForHoursWhenNothingIsWrong) {
  auto spec = test::behaviour();
  spec.training.first = Duration::minutes(20);
  Twin twin({spec});
  twin.run(0, 4 * 3600);
  EXPECT_LE(twin.all<AlarmRaised>().size(), 1u);  // asked for one a day
}

TEST(InferenceStage, LearnsTheSameAfterARestartAndNeitherRepeatsNorForgetsAnAlarm) {
  Twin twin({test::behaviour()});
  twin.run(0, 400);
  twin.run(400, 420, flow_at(171));
  ASSERT_EQ(twin.all<AlarmRaised>().size(), 1u);
  // Late data within the training stretch, which the first training did not know.
  twin.tick({{test::kFlow, {}, at(100.5), 500.0}}, at(420.1));
  twin.restart();
  twin.run(421, 440, flow_at(171));
  EXPECT_EQ(twin.all<Trained>().size(), 1u);
  EXPECT_EQ(twin.all<AlarmRaised>().size(), 1u);
  twin.run(440, 480);
  ASSERT_EQ(twin.all<AlarmCleared>().size(), 1u);
  EXPECT_EQ(twin.all<AlarmCleared>()[0].alarm, twin.all<AlarmRaised>()[0].alarm);
}

TEST(InferenceStage, AnnouncesANewVersionOnlyWhenTheSettingsMeanSomethingElseAfterARestart) {
  Twin twin({test::behaviour()});
  twin.run(0, 320);
  const auto announced_with = [&](double trees) {
    auto spec = test::behaviour();
    spec.settings["trees"] = trees;
    InferenceStage stage(test::station_with({spec}), 1);
    std::vector<Event> events;
    EXPECT_TRUE(stage.train_due(twin.history(), at(1000), events).has_value());
    EXPECT_TRUE(stage.untrained().empty());
    return events.size();
  };
  EXPECT_EQ(announced_with(100), 0u);  // what it was by default
  EXPECT_EQ(announced_with(50), 1u);
}

TEST(InferenceStage, JudgesOnWithoutAMissingSignalAndSaysSo) {
  Twin twin({test::behaviour()});
  twin.run(0, 400);
  twin.run(400, 430, without(test::kVibration));
  EXPECT_EQ(twin.derived(test::kScore).back().quality.grade, Grade::Uncertain);
  EXPECT_TRUE(twin.all<AlarmRaised>().empty());
  twin.run(430, 445, [](std::vector<Sample>& samples) {
    without(test::kVibration)(samples);
    flow_at(171)(samples);
  });
  ASSERT_EQ(twin.all<AlarmRaised>().size(), 1u);
  EXPECT_NE(twin.all<AlarmRaised>()[0].cause.find("missing"), std::string::npos);
}

TEST(InferenceStage, DoesNotJudgeValuesThatAreNotUsable) {
  Twin twin({test::behaviour(), test::cavitation()});
  twin.run(0, 400);
  twin.run(400, 409, [](std::vector<Sample>& samples) {  // less than the sensor watch waits for
    for (auto& s : samples) {
      s.value = -1e6;
      s.quality.mark(Cause::SensorFault, Grade::Bad);
    }
  });
  EXPECT_TRUE(twin.all<AlarmRaised>().empty());
}

TEST(InferenceStage, FindsTheFaultThoughTheTrainingStretchWasNotClean) {
  Twin twin({test::behaviour()});
  Random random(7);
  twin.run(0, 301, [&](std::vector<Sample>& samples) {
    const double draw = random.uniform();
    if (draw < 0.02) samples[0].value = 5000.0;  // wild
    if (draw > 0.98) {
      samples[1].value = -99.0;  // said to be bad by its source
      samples[1].quality.mark(Cause::SensorFault, Grade::Bad);
    }
  });
  twin.run(301, 400);
  EXPECT_TRUE(twin.all<AlarmRaised>().empty());
  twin.run(400, 415, flow_at(171));
  ASSERT_EQ(twin.all<AlarmRaised>().size(), 1u);
  EXPECT_EQ(twin.all<AlarmRaised>()[0].name, "pump_1: flow abnormal");
}

TEST(InferenceStage, SaysOnceThatAStretchIsTooThinAndTriesALongerOne) {
  auto spec = test::behaviour();
  spec.training.first = Duration::seconds(30);
  Twin twin({spec});
  twin.run(0, 600);
  EXPECT_EQ(twin.all<Notice>().size(), 1u);
  ASSERT_EQ(twin.all<Trained>().size(), 1u);
  EXPECT_EQ(twin.all<Trained>()[0].until - twin.all<Trained>()[0].from, Duration::seconds(120));
  twin.restart();
  twin.run(600, 700);
  EXPECT_EQ(twin.all<Trained>().size(), 1u);
}

TEST(InferenceStage, SaysWhatItCanNotRun) {
  auto misspelt = test::behaviour();
  misspelt.settings["tree"] = 5;
  auto unknown = test::behaviour();
  unknown.path = "pump_1.oracle";
  unknown.kind = "oracle";
  Twin twin({misspelt, unknown});
  twin.run(0, 10);
  ASSERT_EQ(twin.all<Notice>().size(), 2u);
  EXPECT_NE(twin.all<Notice>()[0].text.find("did you mean 'trees'"), std::string::npos);
  EXPECT_EQ(twin.stage().untrained(),
            (std::vector<std::string>{"pump_1.behaviour", "pump_1.oracle"}));
}

TEST(InferenceStage, RaisesARuleWithTheActionOfTheTwinFile) {
  Twin twin({test::cavitation()});
  twin.run(0, 50);
  twin.run(50, 65, [](std::vector<Sample>& samples) { samples[1].value = 0.13; });
  ASSERT_EQ(twin.all<AlarmRaised>().size(), 1u);
  const auto alarm = twin.all<AlarmRaised>()[0];
  EXPECT_EQ(alarm.name, "pump_1: cavitation");
  EXPECT_EQ(alarm.action, "Throttle the discharge valve.");
  EXPECT_EQ(alarm.priority, Priority::High);
  EXPECT_EQ(alarm.onset, at(50));
  EXPECT_NE(alarm.cause.find("0.13 bar"), std::string::npos) << alarm.cause;
}

TEST(InferenceStage, RaisesAnExpressionWithTheValuesInItAndFillsItsWindowAfterARestart) {
  Twin twin({test::low_mean_flow()});
  twin.run(0, 100);
  twin.restart();
  twin.run(100, 130, flow_at(100.0));
  const auto raised = twin.all<AlarmRaised>();
  ASSERT_EQ(raised.size(), 1u) << "an empty window would not know for a minute";
  EXPECT_NE(raised[0].cause.find("mean(flow, 1 min) 19"), std::string::npos) << raised[0].cause;
  EXPECT_NE(raised[0].cause.find("suction_pressure 1."), std::string::npos) << raised[0].cause;
  twin.restart();
  twin.run(130, 300);
  EXPECT_EQ(twin.all<AlarmRaised>().size(), 1u);
  EXPECT_EQ(twin.all<AlarmCleared>().size(), 1u);
}

TEST(InferenceStage, ClearsAnAlarmWhoseDetectorIsGoneFromTheTwinFile) {
  Snapshot snapshot(7);
  Alarm orphan;
  orphan.raised.alarm = 5;
  orphan.raised.source = "pump_1.retired";
  snapshot.alarms = std::make_shared<const std::vector<Alarm>>(std::vector<Alarm>{orphan});
  InferenceStage stage(test::station_with({}), 1);
  stage.restore(snapshot);
  std::uint64_t next_id = 9;
  std::vector<Sample> derived;
  std::vector<Event> events;
  stage.observe({}, snapshot, at(0), next_id, derived, events);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(std::get<AlarmCleared>(events[0].body).alarm, 5u);
}

TEST(InferenceStage, WritesScoresAtMostOnceASecondAndOnCrossing) {
  Plant plant = test::bare_station();
  for (auto& signal : plant.signals) signal.period = Duration::milliseconds(100);
  auto spec = test::behaviour();
  spec.training.first = Duration::seconds(30);
  plant.detectors = {spec};
  Twin twin(test::finished(std::move(plant)));
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    auto samples = test::normal_second(random, i * 0.1);
    if (i >= 900) flow_at(171)(samples);
    twin.tick(samples, at(i * 0.1 + 0.05));
  }
  const auto scores = twin.derived(test::kScore);
  const auto calm =
      std::ranges::count_if(scores, [](const Sample& s) { return s.source_time < at(89.9); });
  EXPECT_NEAR(static_cast<double>(calm), 60.0, 2.0);
  const auto crossing =
      std::ranges::find_if(scores, [](const Sample& s) { return s.value >= 1.0; });
  ASSERT_NE(crossing, scores.end());
  EXPECT_LE(crossing->source_time, at(90.2));
}

TEST(InferenceStage, AllocatesNothingWhileNothingIsAbnormal) {
  const auto plant =
      test::station_with({test::behaviour(), test::cavitation(), test::low_mean_flow()});
  Twin twin(plant);
  twin.run(0, 310);
  Random random(5);
  const Snapshot working(plant->signals.size());
  std::vector<Sample> derived;
  derived.reserve(10'000);
  std::vector<Event> events;
  std::uint64_t next_id = 100;
  std::size_t counted = 0;
  // No longer than its training stretch: then it looks whether its inputs have drifted.
  for (int s = 310; s < 590; ++s) {
    const auto samples = test::normal_second(random, s);
    const auto before = test::allocations();
    twin.stage().observe(samples, working, at(s), next_id, derived, events);
    counted += test::allocations() - before;
  }
  EXPECT_TRUE(events.empty());
  EXPECT_GT(derived.size(), 270u);
  EXPECT_EQ(counted, 0u);
}

/// Everything the stage says of a stream cut into ticks at the given places.
std::pair<std::vector<EventBody>, std::vector<Sample>> told(
    const history::MemoryHistory& learnt, const std::shared_ptr<const Plant>& plant,
    const std::vector<Sample>& stream, const std::function<std::size_t()>& tick_size) {
  InferenceStage stage(plant, 1);
  std::vector<Event> events;
  EXPECT_TRUE(stage.train_due(learnt, at(0), events).has_value());
  EXPECT_TRUE(stage.untrained().empty());
  std::vector<Sample> derived;
  std::uint64_t next_id = 1;
  const Snapshot working(plant->signals.size());
  for (std::size_t from = 0; from < stream.size();) {
    const std::size_t n = std::min(stream.size() - from, tick_size());
    stage.observe(std::span(stream).subspan(from, n), working, at(1e6), next_id, derived, events);
    from += n;
  }
  std::vector<EventBody> bodies;
  for (auto& event : events) bodies.push_back(event.body);
  return {bodies, derived};
}

RC_GTEST_PROP(InferenceStageProperty, SaysTheSameHoweverTheSamplesAreCutIntoTicks, ()) {
  static Twin teacher(test::station_with({}));
  static const bool kFed = (teacher.run(0, 320), true);
  RC_ASSERT(kFed);
  static const auto kPlant =
      test::station_with({test::behaviour(), test::cavitation(), test::low_mean_flow()});

  Random random(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<Sample> stream;
  for (int s = 320; s < 480; ++s) {
    auto samples = test::normal_second(random, s);
    if (s >= 350 && s < 380) flow_at(171)(samples);
    if (s >= 400 && s < 430) samples[1].value = 0.1;
    std::erase_if(samples, [&](const Sample&) { return random.uniform() < 0.05; });
    for (auto& sample : samples) {  // some come late, some twice
      if (random.uniform() < 0.03) sample.source_time = sample.source_time - Duration::seconds(3);
      stream.push_back(sample);
      if (random.uniform() < 0.03) stream.push_back(sample);
    }
  }
  const auto whole = told(teacher.history(), kPlant, stream, [&] { return stream.size(); });
  const auto cut = told(teacher.history(), kPlant, stream, [&] { return 1 + random.below(30); });
  RC_ASSERT(whole.first == cut.first);
  RC_ASSERT(whole.second == cut.second);
  const auto raised =
      std::ranges::count_if(whole.first, [](const EventBody& b) { return b.index() == 0; });
  RC_ASSERT(raised >= 2);  // the disturbances were seen at all
}

// ---- learning again, and labels

RetrainAsked again(double from_s, double until_s) {
  return {"pump_1.behaviour", at(from_s), at(until_s), "ann"};
}

TEST(InferenceStage, LearnsAgainFromTheStretchThatAPersonChose) {
  Twin twin({test::behaviour()});
  twin.run(0, 700);
  ASSERT_FALSE(twin.stage().may_retrain("pump_1.behavior"));
  EXPECT_NE(twin.stage().may_retrain("pump_1.behavior").error().message.find("behaviour"),
            std::string::npos);
  ASSERT_TRUE(twin.stage().may_retrain("pump_1.behaviour"));
  twin.ask(again(350, 690));
  twin.run(700, 720);
  const auto trained = twin.all<Trained>();
  ASSERT_EQ(trained.size(), 2u);
  EXPECT_EQ(trained[1].from, at(350));
  EXPECT_EQ(trained[1].until, at(690));
  EXPECT_NE(trained[1].version, trained[0].version);
  // After a restart it is the same detector, and no news.
  twin.restart();
  twin.run(720, 740);
  EXPECT_EQ(twin.all<Trained>().size(), 2u);
  EXPECT_FALSE(twin.derived(test::kScore).empty());
}

TEST(InferenceStage, KeepsWhatItLearntWhenTheChosenStretchIsTooThin) {
  Twin twin({test::behaviour()});
  twin.run(0, 400);
  twin.ask(again(380, 390));
  twin.run(400, 420);
  EXPECT_EQ(twin.all<Trained>().size(), 1u);
  ASSERT_EQ(twin.all<Notice>().size(), 1u);
  EXPECT_NE(twin.all<Notice>()[0].text.find("whole rows"), std::string::npos);
  EXPECT_TRUE(twin.stage().untrained().empty());
}

TEST(InferenceStage, LeavesOutOfItsLessonsWhatAPersonFoundToBeReal) {
  const auto alarms_afterwards = [](bool labelled) {
    Twin twin({test::behaviour()});
    twin.run(0, 400);
    twin.run(400, 600, flow_at(171));
    twin.run(600, 800);
    const auto raised = twin.all<AlarmRaised>();
    EXPECT_EQ(raised.size(), 1u);
    if (labelled) twin.say(AlarmLabelled{raised.at(0).alarm, Truth::Real, "a gull", "ann"});
    twin.ask(again(390, 790));
    twin.run(800, 830);
    EXPECT_EQ(twin.all<Trained>().size(), 2u);
    // The same disturbance again: normal to a detector that learnt it as normal.
    const auto before = twin.all<AlarmRaised>().size();
    twin.run(830, 890, flow_at(171));
    return twin.all<AlarmRaised>().size() - before;
  };
  EXPECT_EQ(alarms_afterwards(true), 1u);
  EXPECT_EQ(alarms_afterwards(false), 0u);
}

TEST(InferenceStage, TellsThatADetectorMeetsOtherInputsThanItLearntFrom) {
  Twin twin({test::behaviour()});
  twin.run(0, 900);
  EXPECT_TRUE(twin.all<DriftFound>().empty());
  // Less than an alarm: half a usual spread, but lasting.
  twin.run(900, 1500, [](std::vector<Sample>& samples) {
    for (auto& s : samples) s.value += s.signal == test::kVibration ? 0.12 : 0.0;
  });
  const auto drifts = twin.all<DriftFound>();
  ASSERT_FALSE(drifts.empty());
  EXPECT_EQ(drifts[0].subject, "pump_1.behaviour");
  EXPECT_EQ(drifts[0].signal, "pump_1.vibration");
  EXPECT_EQ(drifts[0].drift, Drift::Inputs);
  EXPECT_EQ(drifts[0].proposed_until - drifts[0].proposed_from, Duration::minutes(5));
  EXPECT_EQ(drifts[0].version, twin.all<Trained>()[0].version);
}

// ---- estimators

/// The pressure from the flow, and the vibration ahead.
std::shared_ptr<const Plant> station_with_estimators() {
  Plant plant = test::bare_station();
  const auto output = [&](const std::string& path) {
    const SignalId id{static_cast<std::uint32_t>(plant.signals.size())};
    plant.signals.push_back(test::make_signal(id, test::kPump, path, "", SignalRole::SoftSensor));
    return id;
  };
  EstimatorSpec soft;
  soft.asset = test::kPump;
  soft.path = "pump_1.pressure_by_flow";
  soft.of = test::kPressure;
  soft.from = {test::kFlow};
  soft.training.first = Duration::minutes(5);
  soft.outputs = {{{}, output("soft"), output("soft.low"), output("soft.high"), {}}};
  EstimatorSpec ahead;
  ahead.kind = EstimatorKind::Forecast;
  ahead.asset = test::kPump;
  ahead.path = "pump_1.vibration_ahead";
  ahead.of = test::kVibration;
  ahead.step = Duration::seconds(2);
  ahead.lookback = Duration::seconds(10);
  ahead.training.first = Duration::minutes(5);
  ahead.outputs = {
      {Duration::seconds(6), output("ahead"), output("ahead.low"), output("ahead.high"), {}}};
  plant.estimators = {soft, ahead};
  return test::finished(std::move(plant));
}

TEST(InferenceStage, RunsEstimatorsOnceTheyHaveLearnt) {
  const auto plant = station_with_estimators();
  Twin twin(plant);
  twin.run(0, 299);
  EXPECT_EQ(twin.stage().untrained().size(), 2u);
  twin.run(299, 500);
  EXPECT_TRUE(twin.stage().untrained().empty());
  EXPECT_EQ(twin.all<Trained>().size(), 2u);
  const auto middle = twin.derived(plant->estimators[0].outputs[0].middle);
  ASSERT_GT(middle.size(), 150u);
  for (const auto& sample : middle) EXPECT_NEAR(sample.value, 1.2, 0.06);
  const auto ahead = twin.derived(plant->estimators[1].outputs[0].middle);
  ASSERT_GT(ahead.size(), 80u);
  for (const auto& sample : ahead) EXPECT_NEAR(sample.value, 2.0, 0.2);
  EXPECT_TRUE(twin.all<DriftFound>().empty());
}

TEST(InferenceStage, GoesOnEstimatingAfterARestart) {
  const auto plant = station_with_estimators();
  Twin straight(plant), stopped(plant);
  straight.run(0, 800);
  stopped.run(0, 600);
  stopped.restart();
  stopped.run(600, 800);
  EXPECT_EQ(stopped.all<Trained>().size(), 2u);
  for (const auto& estimator : plant->estimators) {
    const auto a = straight.derived(estimator.outputs[0].middle);
    const auto b = stopped.derived(estimator.outputs[0].middle);
    ASSERT_GT(b.size(), 0u);
    EXPECT_EQ(a.back().source_time, b.back().source_time);
    EXPECT_NEAR(a.back().value, b.back().value, 1e-3);
  }
}

TEST(InferenceStage, TellsOfDriftWithAStretchToLearnFrom) {
  const auto plant = station_with_estimators();
  Twin twin(plant);
  twin.run(0, 500);
  twin.run(500, 800, [](std::vector<Sample>& samples) {
    for (auto& s : samples) s.value += s.signal == test::kPressure ? 0.5 : 0.0;
  });
  const auto drifts = twin.all<DriftFound>();
  ASSERT_FALSE(drifts.empty());
  EXPECT_EQ(drifts[0].subject, "pump_1.pressure_by_flow");
  EXPECT_EQ(drifts[0].drift, Drift::Residual);
  EXPECT_EQ(drifts[0].version, twin.all<Trained>()[0].version);
  EXPECT_EQ(drifts[0].proposed_until - drifts[0].proposed_from, Duration::minutes(5));
}

}  // namespace
}  // namespace gemel::inference
