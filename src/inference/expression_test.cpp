// Expressions over samples: Kleene's truths, windows, delays, and the whole against a naive one.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inference/expression_watch.hpp"
#include "inference/test_station.hpp"
#include "inference/wording.hpp"

namespace gemel::inference {
namespace {

using test::at;
using Kind = Term::Kind;

/// Writes expressions down as the twin file's compiler would.
struct Maker {
  Expression out;
  std::uint32_t add(Term term) {
    out.terms.push_back(term);
    return static_cast<std::uint32_t>(out.terms.size() - 1);
  }
  std::uint32_t value(SignalId signal) {
    const auto found = std::ranges::find(out.signals, signal);
    const auto slot = static_cast<std::uint32_t>(found - out.signals.begin());
    if (found == out.signals.end()) {
      out.signals.push_back(signal);
      out.limits.emplace_back();
    }
    return add({.kind = Kind::Value, .slot = slot});
  }
  std::uint32_t number(double n) { return add({.kind = Kind::Constant, .number = n}); }
  std::uint32_t compare(std::uint32_t left, Comparison how, double right, double hysteresis = 0.0) {
    const auto constant = number(right);
    return add({.kind = Kind::Compare,
                .comparison = how,
                .left = left,
                .right = constant,
                .number = hysteresis});
  }
  std::shared_ptr<const Expression> done(Duration hold = {}) {
    out.hold = hold;
    return std::make_shared<const Expression>(out);
  }
};

constexpr auto kLess = Comparison::Less;
constexpr auto kGreater = Comparison::Greater;

Sample sample(SignalId signal, double second, double value) {
  return {signal, {}, at(second), value};
}
Sample bad(SignalId signal, double second) {
  Sample s = sample(signal, second, 0.0);
  s.quality.mark(Cause::SensorFault, Grade::Bad);
  return s;
}

/// Raise R, clear C, neither '.'.
char mark(Turn turn) { return turn == Turn::Raise ? 'R' : turn == Turn::Clear ? 'C' : '.'; }

/// "flow < 3 and pressure > 1" or the like, over flow (slot 0) and pressure (slot 1).
std::shared_ptr<const Expression> low_flow_and_pressure(Kind how, Duration hold = {}) {
  Maker make;
  const auto flow = make.compare(make.value(test::kFlow), kLess, 3.0);
  const auto pressure = make.compare(make.value(test::kPressure), kGreater, 1.0);
  make.add({.kind = how, .left = flow, .right = pressure});
  return make.done(hold);
}

Truth judged(const std::shared_ptr<const Expression>& expression, std::optional<double> flow,
             std::optional<double> pressure) {
  ExpressionRun run(expression, test::bare_station());
  if (flow) (void)run.take(0, sample(test::kFlow, 0, *flow));
  if (pressure) (void)run.take(1, sample(test::kPressure, 0, *pressure));
  return run.judge(at(0), false);
}

TEST(ExpressionRun, IsUnknownOnlyWhereTheMissingSideMatters) {
  const auto both = low_flow_and_pressure(Kind::And);
  EXPECT_EQ(judged(both, 2.0, 2.0), Truth::True);
  EXPECT_EQ(judged(both, 2.0, {}), Truth::Unknown);
  EXPECT_EQ(judged(both, 5.0, {}), Truth::False);
  const auto either = low_flow_and_pressure(Kind::Or);
  EXPECT_EQ(judged(either, 2.0, {}), Truth::True);
  EXPECT_EQ(judged(either, 5.0, {}), Truth::Unknown);
  EXPECT_EQ(judged(either, 5.0, 0.5), Truth::False);
}

TEST(ExpressionRun, HoldsAValueForKnownAsLongAsItsSignalsGapSays) {
  ExpressionRun run(low_flow_and_pressure(Kind::And), test::bare_station());
  (void)run.take(0, sample(test::kFlow, 0, 2.0));
  (void)run.take(1, sample(test::kPressure, 0, 2.0));
  (void)run.take(1, sample(test::kPressure, 5, 2.0));
  EXPECT_EQ(run.judge(at(5), false), Truth::True);
  (void)run.take(1, sample(test::kPressure, 6, 2.0));
  EXPECT_EQ(run.judge(at(6), false), Truth::Unknown) << "the flow is silent for more than 5 s";
}

TEST(ExpressionRun, DoesNotKnowWhatIsDividedByZero) {
  Maker make;
  const auto ratio = make.add({.kind = Kind::Divide,
                               .left = make.value(test::kFlow),
                               .right = make.value(test::kPressure)});
  make.compare(ratio, kGreater, 1.0);
  const auto expression = make.done();
  EXPECT_EQ(judged(expression, 2.0, 1.0), Truth::True);
  EXPECT_EQ(judged(expression, 2.0, 0.0), Truth::Unknown);
  EXPECT_EQ(judged(expression, 0.0, 0.0), Truth::Unknown);
}

TEST(ExpressionRun, DoesNotKnowHowLongSomethingHasBeenTrueBeforeItWasThere) {
  Maker make;
  const auto low = make.compare(make.value(test::kFlow), kLess, 3.0);
  const auto held = make.add({.kind = Kind::Hold, .left = low, .span = Duration::seconds(10)});
  make.add({.kind = Kind::Not, .left = held});
  ExpressionRun run(make.done(), test::bare_station());
  const auto see = [&](double second, double value) {
    (void)run.take(0, sample(test::kFlow, second, value));
    return run.judge(at(second), false);
  };
  EXPECT_EQ(see(0, 2.0), Truth::Unknown);
  EXPECT_EQ(see(9, 2.0), Truth::Unknown);
  EXPECT_EQ(see(10, 2.0), Truth::False);
  EXPECT_EQ(see(11, 5.0), Truth::True);
  EXPECT_EQ(see(12, 2.0), Truth::True) << "it was seen to begin a moment ago";
  EXPECT_EQ(see(22, 2.0), Truth::False);
}

TEST(ExpressionWatch, NeitherRaisesNorClearsWhileItIsUnknown) {
  ExpressionWatch watch(low_flow_and_pressure(Kind::And), test::bare_station(), {});
  EXPECT_EQ(watch.observe(0, sample(test::kFlow, 0, 2.0)), Turn::None);
  EXPECT_EQ(watch.observe(1, bad(test::kPressure, 0)), Turn::None);
  EXPECT_EQ(watch.observe(0, sample(test::kFlow, 1, 2.0)), Turn::None);
  EXPECT_EQ(watch.observe(1, sample(test::kPressure, 1, 2.0)), Turn::Raise);
  for (int s = 2; s < 30; ++s) {
    EXPECT_EQ(watch.observe(0, sample(test::kFlow, s, 2.0)), Turn::None);
    EXPECT_EQ(watch.observe(1, bad(test::kPressure, s)), Turn::None) << s;
  }
  EXPECT_TRUE(watch.open());
}

TEST(ExpressionWatch, NeverHoldsHalfOfAMessageAgainstTheOtherHalfOfTheOneBefore) {
  // flow - pressure > 3, and both step at once.
  Maker make;
  const auto difference = make.add({.kind = Kind::Subtract,
                                    .left = make.value(test::kFlow),
                                    .right = make.value(test::kPressure)});
  make.compare(difference, kGreater, 3.0);
  ExpressionWatch watch(make.done(), test::bare_station(), {});
  std::string turns;
  for (const auto& [second, level] : {std::pair{0.0, 0.0}, {1.0, 10.0}, {2.0, 20.0}}) {
    turns += mark(watch.observe(0, sample(test::kFlow, second, level + 1.0)));
    turns += mark(watch.observe(1, sample(test::kPressure, second, level)));
  }
  EXPECT_EQ(turns, "......");
  // One that keeps silent is waited for, but not for ever.
  EXPECT_EQ(watch.observe(0, sample(test::kFlow, 3, 30.0)), Turn::None);
  EXPECT_EQ(watch.pass(at(4)), Turn::None);
  EXPECT_EQ(watch.pass(at(5)), Turn::Raise);
  EXPECT_EQ(watch.onset(), at(3));
}

TEST(ExpressionWatch, ComesOfAgeByOtherSignalsTimeWithAnInnerFor) {
  Maker make;
  const auto low = make.compare(make.value(test::kFlow), kLess, 3.0);
  const auto held = make.add({.kind = Kind::Hold, .left = low, .span = Duration::seconds(4)});
  const auto high = make.compare(make.value(test::kPressure), kGreater, 1.0);
  make.add({.kind = Kind::And, .left = held, .right = high});
  ExpressionWatch watch(make.done(), test::bare_station(), {});
  for (const double flow : {5.0, 2.0}) {
    const double second = flow == 5.0 ? 0 : 1;
    EXPECT_EQ(watch.observe(0, sample(test::kFlow, second, flow)), Turn::None);
    EXPECT_EQ(watch.observe(1, sample(test::kPressure, second, 2.0)), Turn::None);
  }
  EXPECT_EQ(watch.due(), at(7)) << "four seconds and two periods of slack";
  EXPECT_EQ(watch.pass(at(6)), Turn::None);
  EXPECT_EQ(watch.pass(at(7)), Turn::None) << "by then both are older than their gap";

  ExpressionWatch fresh(make.done(), test::bare_station(), {});
  for (const double second : {0.0, 1.0, 4.0}) {
    (void)fresh.observe(0, sample(test::kFlow, second, second == 0.0 ? 5.0 : 2.0));
    (void)fresh.observe(1, sample(test::kPressure, second, 2.0));
  }
  EXPECT_EQ(fresh.pass(at(7)), Turn::Raise);
}

TEST(ExpressionWatch, EasesWhatKeepsItsAlarmUpAndTightensWhatStandsUnderANot) {
  Maker make;
  const auto high = make.compare(make.value(test::kFlow), kGreater, 7.0, 0.5);
  const auto low = make.compare(make.value(test::kPressure), kLess, 1.0, 0.2);
  make.out.terms[low].negated = true;
  const auto denied = make.add({.kind = Kind::Not, .left = low});
  make.add({.kind = Kind::And, .left = high, .right = denied});
  ExpressionRun run(make.done(), test::bare_station());
  const auto judge = [&](double flow, double pressure, bool open) {
    (void)run.take(0, sample(test::kFlow, 0, flow));
    (void)run.take(1, sample(test::kPressure, 0, pressure));
    return run.judge(at(0), open);
  };
  EXPECT_EQ(judge(6.8, 2.0, false), Truth::False);
  EXPECT_EQ(judge(6.8, 2.0, true), Truth::True);
  EXPECT_EQ(judge(6.4, 2.0, true), Truth::False);
  EXPECT_EQ(judge(8.0, 0.9, false), Truth::False);
  EXPECT_EQ(judge(8.0, 0.9, true), Truth::True);
  EXPECT_EQ(judge(8.0, 0.7, true), Truth::False);
}

TEST(ExpressionWatch, LeavesWhatWasJudgedWhenASampleComesLate) {
  Maker make;
  const auto mean =
      make.add({.kind = Kind::Mean, .left = make.value(test::kFlow), .span = Duration::seconds(3)});
  make.compare(mean, kGreater, 10.0);
  ExpressionWatch watch(make.done(), test::bare_station(), {});
  for (int s = 0; s <= 5; ++s) EXPECT_EQ(watch.observe(0, sample(test::kFlow, s, 1.0)), Turn::None);
  EXPECT_EQ(watch.observe(0, sample(test::kFlow, 4, 1000.0)), Turn::None);
  EXPECT_EQ(watch.observe(0, sample(test::kFlow, 6, 1.0)), Turn::None);
  EXPECT_EQ(watch.run().value(mean), 1.0);
}

TEST(ExpressionWatch, FillsItsWindowsFromWhatWasBeforeTheStart) {
  Maker make;
  const auto rate =
      make.add({.kind = Kind::Rate, .left = make.value(test::kFlow), .span = Duration::minutes(1)});
  make.compare(rate, kGreater, 0.5);
  const auto expression = make.done();
  ExpressionWatch cold(expression, test::bare_station(), {});
  ExpressionWatch warm(expression, test::bare_station(), {});
  for (int s = 0; s <= 70; ++s) warm.warm(0, sample(test::kFlow, s, 1.0 * s));
  EXPECT_FALSE(warm.open());
  EXPECT_EQ(warm.observe(0, sample(test::kFlow, 71, 71.0)), Turn::Raise);
  EXPECT_EQ(cold.observe(0, sample(test::kFlow, 71, 71.0)), Turn::None);
  EXPECT_GE(warm.memory(), Duration::minutes(1));
}

TEST(ExpressionAlarm, NamesTheValuesOfItsSignalsAndWhatIsComputedOfThem) {
  Plant plant = test::bare_station();
  Maker make;
  make.compare(make.value(test::kFlow), kLess, 30.0);
  make.out.limits[0] = 30.0;
  const auto sum = make.add(
      {.kind = Kind::Add, .left = make.value(test::kPressure), .right = make.value(test::kLevel)});
  make.compare(sum, kGreater, 1.0);
  make.add({.kind = Kind::And, .left = 2, .right = 7});
  make.out.told = {{sum, "suction_pressure + tank_1.level", "mbar", 0.001, 0.0}};
  make.out.text = "the text";
  DetectorSpec spec;
  spec.asset = test::kPump;
  spec.path = "pump_1.rule";
  ExpressionRun run(make.done(), plant);
  (void)run.take(0, sample(test::kFlow, 0, 2.0));
  (void)run.take(1, sample(test::kPressure, 0, 0.25));
  (void)run.take(2, bad(test::kLevel, 0));
  (void)run.judge(at(0), false);
  auto alarm = expression_alarm(plant, spec, run);
  EXPECT_EQ(alarm.cause,
            "flow 2 l/min, suction_pressure 0.25 bar, tank_1.level not known, suction_pressure + "
            "tank_1.level not known: the text");
  ASSERT_EQ(alarm.drivers.size(), 2u);
  EXPECT_EQ(alarm.drivers[0].expected, 30.0);
  (void)run.take(2, sample(test::kLevel, 0, 3.0));
  (void)run.judge(at(0), false);
  alarm = expression_alarm(plant, spec, run);
  EXPECT_NE(alarm.cause.find("tank_1.level 3 m, suction_pressure + tank_1.level 3250 mbar"),
            std::string::npos)
      << alarm.cause;
}

// ---- property: as one that remembers everything and computes all of it anew

/// What was known of one signal when an instant was judged.
struct Seen {
  Timestamp time = Timestamp::min();
  double value = 0.0;
  bool usable = false;
};
struct Instant {
  Timestamp time;
  bool open;
  std::vector<Seen> seen;
};

/// Straight from the definitions, without any state.
class Naive {
 public:
  explicit Naive(const Expression& e) : e_(e) {}
  std::vector<Instant> instants;
  mutable bool tie = false;  // a comparison that rounding may decide

  std::optional<double> number(std::uint32_t i, std::size_t k) const {
    const Term& term = e_.terms[i];
    if (term.kind == Kind::Constant) return term.number;
    if (term.kind == Kind::Value) {
      const auto& seen = instants[k].seen[term.slot];
      const bool known = seen.usable && instants[k].time - seen.time <= Duration::seconds(5);
      return known ? std::optional(seen.value) : std::nullopt;
    }
    if (term.is_window()) return window(term, k);
    const auto l = number(term.left, k);
    if (!l) return {};
    if (term.kind == Kind::Negate) return -*l;
    if (term.kind == Kind::Abs) return std::abs(*l);
    const auto r = number(term.right, k);
    if (!r) return {};
    const double out = term.kind == Kind::Add        ? *l + *r
                       : term.kind == Kind::Subtract ? *l - *r
                       : term.kind == Kind::Multiply ? *l * *r
                                                     : *l / *r;
    return std::isfinite(out) ? std::optional(out) : std::nullopt;
  }

  Truth truth(std::uint32_t i, std::size_t k) const {
    const Term& term = e_.terms[i];
    switch (term.kind) {
      case Kind::Compare: {
        const auto l = number(term.left, k);
        const auto r = number(term.right, k);
        if (!l || !r) return Truth::Unknown;
        if (std::abs(*l - *r) < 1e-6 * (1.0 + std::abs(*r))) tie = true;
        return compare(*l, term.comparison, *r) ? Truth::True : Truth::False;
      }
      case Kind::Not:
        return static_cast<Truth>(2 - static_cast<int>(truth(term.left, k)));
      case Kind::And:
        return std::min(truth(term.left, k), truth(term.right, k));
      case Kind::Or:
        return std::max(truth(term.left, k), truth(term.right, k));
      default:
        return held(term, k);
    }
  }

 private:
  Truth held(const Term& term, std::size_t k) const {
    const Truth now = truth(term.left, k);
    if (now != Truth::True) return now;
    std::size_t first = k;
    while (first > 0 && truth(term.left, first - 1) == Truth::True) --first;
    if (instants[k].time - instants[first].time >= term.span) return Truth::True;
    const bool began = first > 0 && truth(term.left, first - 1) == Truth::False;
    return began ? Truth::False : Truth::Unknown;
  }

  Timestamp newest(std::uint32_t i, std::size_t k) const {
    const Term& term = e_.terms[i];
    if (term.kind == Kind::Constant) return Timestamp::min();
    if (term.kind == Kind::Value) {
      const auto& seen = instants[k].seen[term.slot];
      return seen.usable ? seen.time : Timestamp::min();
    }
    const auto left = newest(term.left, k);
    const bool two = term.kind >= Kind::Add && term.kind <= Kind::Divide;
    return two ? std::max(left, newest(term.right, k)) : left;
  }

  std::optional<double> window(const Term& term, std::size_t k) const {
    const Timestamp now = instants[k].time;
    const Duration silence = std::max(term.span / 2, Duration::seconds(3));
    std::vector<std::pair<double, double>> in;  // seconds from now, value
    Timestamp first = Timestamp::min();
    Timestamp last = Timestamp::min();
    for (std::size_t j = 0; j <= k; ++j) {
      const auto value = number(term.left, j);
      const auto time = newest(term.left, j);
      if (!value || time <= last) continue;
      if (last == Timestamp::min() || time - last > silence) {
        first = time;
        in.clear();
      }
      last = time;
      if (time > now - term.span) in.emplace_back((time - now).in_seconds(), *value);
    }
    const bool full = last != Timestamp::min() && now - first >= term.span;
    if (!full || now - last > silence || now - last > Duration::seconds(5) || in.empty()) return {};
    return statistic(term.kind, in);
  }

  static std::optional<double> statistic(Kind kind, std::vector<std::pair<double, double>>& in) {
    const auto n = static_cast<double>(in.size());
    const auto by_value = [](const auto& a, const auto& b) { return a.second < b.second; };
    if (kind == Kind::Min) return std::ranges::min_element(in, by_value)->second;
    if (kind == Kind::Max) return std::ranges::max_element(in, by_value)->second;
    double t = 0.0;
    double v = 0.0;
    for (const auto& [time, value] : in) {
      t += time / n;
      v += value / n;
    }
    if (kind == Kind::Mean) return v;
    if (in.size() < 2) return {};
    double tt = 0.0;
    double tv = 0.0;
    double vv = 0.0;
    for (const auto& [time, value] : in) {
      tt += (time - t) * (time - t);
      tv += (time - t) * (value - v);
      vv += (value - v) * (value - v);
    }
    return kind == Kind::Rate ? tv / tt : std::sqrt(vv / (n - 1.0));
  }

  const Expression& e_;
};

std::uint32_t random_number(Maker& make, int depth) {
  const auto kind =
      depth == 0 ? Kind::Value
                 : static_cast<Kind>(*rc::gen::inRange<int>(0, static_cast<int>(Kind::Spread) + 1));
  const SignalId signal{*rc::gen::inRange<std::uint32_t>(0, 3)};
  if (kind == Kind::Constant && depth < 2) return make.number(*rc::gen::inRange(-70, 70) / 7.0);
  if (kind <= Kind::Value) return make.value(signal);
  Term term{.kind = kind};
  term.left = random_number(make, depth - 1);
  if (term.is_window()) term.span = Duration::seconds(*rc::gen::inRange(2, 10));
  if (kind >= Kind::Add && kind <= Kind::Divide) term.right = random_number(make, depth - 1);
  return make.add(term);
}

std::uint32_t random_truth(Maker& make, int depth) {
  Term term{.kind = depth == 0
                        ? Kind::Compare
                        : static_cast<Kind>(*rc::gen::inRange<int>(
                              static_cast<int>(Kind::Compare), static_cast<int>(Kind::Hold) + 1))};
  if (term.kind == Kind::Compare) {
    term.comparison = static_cast<Comparison>(*rc::gen::inRange(0, 6));
    term.left = random_number(make, 2);
    term.right = make.number(*rc::gen::inRange(-70, 70) / 9.0);
    return make.add(term);
  }
  term.left = random_truth(make, depth - 1);
  if (term.kind == Kind::Hold) term.span = Duration::seconds(*rc::gen::inRange(0, 6));
  if (term.kind == Kind::And || term.kind == Kind::Or) term.right = random_truth(make, depth - 1);
  return make.add(term);
}

RC_GTEST_PROP(ExpressionProperty, SaysWhatOneSaysThatComputesEverythingAnew, ()) {
  Maker make;
  (void)random_truth(make, *rc::gen::inRange(0, 4));
  if (make.out.signals.empty()) return;
  const auto expression = make.done();
  ExpressionRun run(expression, test::bare_station());
  Naive naive(*expression);
  std::vector<Seen> seen(expression->signals.size());
  // Signals at their own half seconds, now and then one that is bad, late or silent.
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  int known = 0;
  for (int step = 0; step < 50; ++step) {
    const Timestamp now = at(0.5 * step);
    for (std::size_t slot = 0; slot < seen.size(); ++slot) {
      const double fate = random.uniform();
      if (fate < 0.4 || (slot == 0 && step > 20 && step < 34)) continue;
      const auto time = fate < 0.45 ? now - Duration::seconds(1) : now;
      const bool usable = fate > 0.5;
      const double value = 8.0 * random.normal();
      Sample s{expression->signals[slot], {}, time, value};
      if (!usable) s.quality.mark(Cause::SensorFault, Grade::Bad);
      const bool taken = run.take(slot, s);
      RC_ASSERT(taken == (time >= seen[slot].time));
      if (taken) seen[slot] = {time, usable ? value : seen[slot].value, usable};
    }
    naive.instants.push_back({now, false, seen});
    const Truth told = run.judge(now, false);
    const Truth expected = naive.truth(static_cast<std::uint32_t>(expression->terms.size() - 1),
                                       naive.instants.size() - 1);
    for (std::uint32_t i = 0; i < expression->terms.size(); ++i) {
      if (expression->terms[i].is_truth()) continue;
      const auto number = naive.number(i, naive.instants.size() - 1);
      RC_ASSERT(number.has_value() == run.value(i).has_value());
      if (number) RC_ASSERT(std::abs(*number - *run.value(i)) <= 1e-6 * (1.0 + std::abs(*number)));
    }
    if (naive.tie) return;
    RC_ASSERT(told == expected);
    known += told != Truth::Unknown;
  }
  RC_CLASSIFY(known > 25, "mostly known");
}

}  // namespace
}  // namespace gemel::inference
