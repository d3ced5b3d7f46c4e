#include "spec/detail/units.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel::spec {
namespace {

/// What `value` of `from` is in `to`, or why it is nothing.
Result<double> in(const std::string& from, double value, const std::string& to) {
  static Units units;
  GEMEL_ASSIGN(const KnownUnit* a, units.read(from));
  GEMEL_ASSIGN(const KnownUnit* b, units.read(to));
  GEMEL_ASSIGN(const Conversion way, conversion(*a, *b));
  return way.of(value);
}

#define EXPECT_CONVERTS(value, from, to, expected)                    \
  do {                                                                \
    const auto found = in(from, value, to);                           \
    ASSERT_TRUE(found) << found.error().message;                      \
    EXPECT_NEAR(*found, expected, 1e-9 * std::abs(expected) + 1e-12); \
  } while (false)

TEST(Units, ConvertWhatIndustryWrites) {
  EXPECT_CONVERTS(1.0, "bar", "kPa", 100.0);
  EXPECT_CONVERTS(1.0, "bar(g)", "mbar", 1000.0);
  EXPECT_CONVERTS(60.0, "l/min", "m3/h", 3.6);
  EXPECT_CONVERTS(1.0, "m3/h", "m³/h", 1.0);
  EXPECT_CONVERTS(1.0, "lpm", "l/min", 1.0);
  EXPECT_CONVERTS(10.0, "mH2O", "kPa", 98.0665);
  EXPECT_CONVERTS(1.0, "kWh", "MJ", 3.6);
  EXPECT_CONVERTS(1.0, "kWh/m3", "kJ/l", 3.6);
  EXPECT_CONVERTS(50.0, "%", "1", 0.5);
  EXPECT_CONVERTS(1.0, "kNm", "Nm", 1000.0);
  EXPECT_CONVERTS(7.0, "mm/s", "m/s", 0.007);
  EXPECT_CONVERTS(1.0, "uS/cm", "S/m", 1e-4);
  EXPECT_CONVERTS(1.0, "kvar", "VA", 1000.0);
}

TEST(Units, ConvertTemperaturesWithTheirZeros) {
  EXPECT_CONVERTS(20.0, "degC", "K", 293.15);
  EXPECT_CONVERTS(20.0, "°C", "degF", 68.0);
  EXPECT_CONVERTS(212.0, "degF", "degC", 100.0);
}

TEST(Units, KnowADifferenceOfTemperaturesFromATemperature) {
  Units units;
  const auto* celsius = *units.read("degC");
  EXPECT_DOUBLE_EQ(*difference_factor(**units.read("delta_degC"), *celsius), 1.0);
  EXPECT_DOUBLE_EQ(*difference_factor(**units.read("delta_degF"), *celsius), 1.0 / 1.8);
  EXPECT_DOUBLE_EQ((*units.read("delta_degC"))->unit.offset, 0.0);
}

TEST(Units, TakeATurnForTwoPi) {
  EXPECT_CONVERTS(1500.0, "rpm", "rad/s", 157.07963267948966);
  EXPECT_CONVERTS(1500.0, "1/min", "rpm", 1500.0);
  EXPECT_CONVERTS(50.0, "Hz", "rpm", 3000.0);
  EXPECT_CONVERTS(3000.0, "rpm", "Hz", 50.0);
}

TEST(Units, ReadGAsGramUnlessAnAccelerationIsExpected) {
  Units units;
  EXPECT_EQ((*units.read("g"))->dimension, "kg");
  EXPECT_EQ((*units.read("g", true))->dimension, "m/s2");
  EXPECT_DOUBLE_EQ((*units.read("g", true))->unit.scale, 9.80665);
  EXPECT_EQ((*units.read("gram", true))->dimension, "kg");
  EXPECT_EQ((*units.read("gn"))->dimension, "m/s2");
}

TEST(Units, AreExactWhereNothingIsToBeConverted) {
  Units units;
  const auto* a = *units.read("l/min");
  const auto way = conversion(*a, *a);
  EXPECT_EQ(way->scale, 1.0);
  EXPECT_EQ(way->offset, 0.0);
}

TEST(Units, NameTheSiUnit) {
  Units units;
  EXPECT_EQ((*units.read("bar"))->unit.si_symbol, "Pa");
  EXPECT_EQ((*units.read("l/min"))->unit.si_symbol, "m3/s");
  EXPECT_EQ((*units.read("kW"))->unit.si_symbol, "W");
  EXPECT_EQ((*units.read("%"))->unit.si_symbol, "1");
  EXPECT_EQ((*units.read("degC"))->unit.si_symbol, "K");
  EXPECT_EQ((*units.read(""))->unit.si_symbol, "1");
}

TEST(Units, RefuseNonsense) {
  Units units;
  for (const char* text :
       {"bar + K", "mH20", "fuzz", "bra", "dBm(re 1 mW)", "lg(re 1 mW)", "m^", "(((", "0 m", "K(g)",
        "seconds since 1970-01-01", "1e999 m", "m99999999999", "bar bar(g"}) {
    EXPECT_FALSE(units.read(text)) << text;
  }
  EXPECT_FALSE(units.read(std::string(100'000, '(')));
}

TEST(Units, OfferTheNearestName) {
  Units units;
  EXPECT_EQ(units.read("bra").error().message, "unknown unit 'bra'; did you mean 'bar'?");
}

TEST(Units, DoNotConvertAcrossKinds) {
  EXPECT_EQ(in("bar", 1, "K").error().message, "'bar' does not convert to 'K' (Pa against K)");
  EXPECT_FALSE(in("%", 1, "rad"));
  EXPECT_FALSE(in("l/min", 1, "kg/s"));
  EXPECT_FALSE(in("m3", 1, "m3/h"));
}

TEST(Units, DoNotGuessTheAirPressure) {
  EXPECT_FALSE(in("bar(g)", 1, "bar(a)"));
  EXPECT_CONVERTS(1.0, "bar(g)", "bar", 1.0);
  EXPECT_CONVERTS(1.0, "barg", "kPa(g)", 100.0);
}

RC_GTEST_PROP(UnitsProperty, ThereAndBackIsTheSameValue, ()) {
  static const std::vector<std::vector<std::string>> kKinds{{"bar", "psi", "mmHg", "kPa"},
                                                            {"degC", "degF", "K"},
                                                            {"l/min", "m3/h", "gpm", "cfm"},
                                                            {"rpm", "rad/s", "Hz", "rps"}};
  const auto kind = *rc::gen::elementOf(kKinds);
  const auto from = *rc::gen::elementOf(kind);
  const auto to = *rc::gen::elementOf(kind);
  const double value = *rc::gen::inRange(-100'000, 100'000) * 0.01;
  const auto there = in(from, value, to);
  RC_ASSERT(static_cast<bool>(there));
  RC_ASSERT(std::abs(*in(to, *there, from) - value) < 1e-8);
}

}  // namespace
}  // namespace gemel::spec
