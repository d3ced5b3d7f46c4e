#pragma once
// Flows whose answers are known exactly, for tests and benchmarks.
// Source: Hopp & Spearman, "Factory Physics", 3rd ed., 2008 (CONWIP); Gross et al., "Fundamentals
// of Queueing Theory", 4th ed., 2008 (the others).

#include <cmath>

#include "core/flow.hpp"

namespace gemel::process_flow::textbook {

struct Case {
  const char* name;
  Flow flow;
  const char* indicator;
  double exact;
  double warm_up, horizon;
};

inline FlowStation exponential(std::string name, double mean, std::string next,
                               std::uint32_t machines = 1) {
  FlowStation station;
  station.name = std::move(name);
  station.machines = machines;
  station.service = Distribution::exponential(mean);
  station.next = {{std::move(next)}};
  return station;
}

inline FlowSource poisson(double rate, std::string next) {
  return {
      .name = "in", .between = Distribution::exponential(1.0 / rate), .next = {{std::move(next)}}};
}

/// Mean time in the system 1 / (μ − λ).
inline Case mm1(double load = 0.7) {
  Flow flow;
  flow.sources = {poisson(load, "machine")};
  flow.stations = {exponential("machine", 1.0, "out")};
  flow.sinks = {{"out"}};
  return {"M/M/1", flow, "time_in_system", 1.0 / (1.0 - load), 2e3, 2e4};
}

/// Erlang's C: the wait before c machines.
inline Case mmc(std::uint32_t machines = 3, double load = 0.8) {
  Flow flow;
  const double offered = load * machines;
  flow.sources = {poisson(offered, "machines")};
  flow.stations = {exponential("machines", 1.0, "out", machines)};
  flow.sinks = {{"out"}};
  double term = 1.0, sum = 0.0;
  for (std::uint32_t k = 0; k < machines; ++k) {
    sum += term;
    term *= offered / (k + 1);
  }
  const double all_busy = term / (1.0 - load) / (sum + term / (1.0 - load));
  return {"M/M/3", flow, "machines.wait", all_busy / (machines - offered), 2e3, 2e4};
}

/// Jackson's network: two stations, a third of what leaves the second goes back to the first.
inline Case jackson() {
  Flow flow;
  flow.sources = {poisson(0.4, "first")};
  flow.stations = {exponential("first", 1.0, "second"), exponential("second", 1.2, "out")};
  flow.stations[1].next = {{"out", 2.0 / 3.0}, {"first", 1.0 / 3.0}};
  flow.sinks = {{"out"}};
  const double rate = 0.4 * 1.5, a = rate * 1.0, b = rate * 1.2;
  return {"Jackson network", flow, "items_in_system", a / (1 - a) + b / (1 - b), 3e3, 3e4};
}

/// A line of equal machines with constant work in process: throughput w / (w + n − 1) of a
/// machine's.
inline Case conwip(std::uint32_t stations = 4, std::uint32_t cards = 6) {
  Flow flow;
  flow.sources = {
      {.name = "in", .between = Distribution::constant(0.0), .cards = cards, .next = {{"s1"}}}};
  for (std::uint32_t i = 1; i <= stations; ++i)
    flow.stations.push_back(exponential("s" + std::to_string(i), 1.0,
                                        i < stations ? "s" + std::to_string(i + 1) : "out"));
  flow.sinks = {{"out"}};
  return {"CONWIP", flow, "throughput", static_cast<double>(cards) / (cards + stations - 1),
          5e2,      5e3};
}

}  // namespace gemel::process_flow::textbook
