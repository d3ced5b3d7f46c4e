#include "base/metrics.hpp"

#include <gtest/gtest.h>

namespace gemel::metrics {
namespace {

TEST(Registry, WritesPrometheusText) {
  Registry registry;
  registry.counter("gemel_samples_total", "Samples accepted.", "source=\"plant\"").add(3);
  registry.gauge("gemel_queue_depth", "Deliveries waiting.").set(1.5);
  registry.histogram("gemel_tick_seconds", "Time of a tick.").observe(0.002);
  const auto text = registry.to_prometheus();
  EXPECT_NE(
      text.find("# TYPE gemel_samples_total counter\ngemel_samples_total{source=\"plant\"} 3\n"),
      std::string::npos);
  EXPECT_NE(text.find("gemel_queue_depth 1.5\n"), std::string::npos);
  EXPECT_NE(text.find("gemel_tick_seconds_bucket{le=\"0.001\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("gemel_tick_seconds_bucket{le=\"0.003\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("gemel_tick_seconds_bucket{le=\"+Inf\"} 1\n"), std::string::npos);
}

TEST(Registry, GivesTheSameMetricForTheSameName) {
  Registry registry;
  registry.counter("a", "A.").add();
  registry.counter("a", "A.").add();
  EXPECT_EQ(registry.counter("a", "A.").value(), 2u);
}

}  // namespace
}  // namespace gemel::metrics
