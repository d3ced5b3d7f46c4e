#pragma once
// Flows whose answers are known exactly, for tests and benchmarks.
// Source: Hopp & Spearman, "Factory Physics", 3rd ed., 2008 (CONWIP); Gross et al., "Fundamentals
// of Queueing Theory", 4th ed., 2008 (the others).

#include <algorithm>
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

/// A way of `length` m for both directions between the points a, where the source stands, and b,
/// where the sink does, and vehicles of 1 m/s that fetch there and bring here.
inline Flow shuttle(double length, Distribution loading, std::uint32_t vehicles = 1) {
  Flow flow;
  flow.sources = {{.name = "in", .next = {{"agv"}}}};
  flow.fleets = {{.name = "agv", .vehicles = vehicles, .loading = loading, .next = {{"out"}}}};
  flow.sinks = {{"out"}};
  flow.layout.points = {{.name = "a", .serves = {"in"}}, {.name = "b", .serves = {"out"}}};
  flow.layout.ways = {
      {.name = "aisle", .from = "a", .to = "b", .length = length, .both_ways = true}};
  return flow;
}

/// One vehicle between two points is an M/G/1 queue: back, load, there. Its wait is Pollaczek and
/// Khinchine's, and the way back.
inline Case one_vehicle(double load = 0.6) {
  constexpr double kWay = 20.0, kLoading = 20.0, kService = 2.0 * kWay + kLoading;
  auto flow = shuttle(kWay, Distribution::exponential(kLoading));
  const double rate = load / kService, square = kService * kService + kLoading * kLoading;
  flow.sources[0].between = Distribution::exponential(1.0 / rate);
  return {"One vehicle, M/G/1",
          flow,
          "agv.wait",
          rate * square / (2.0 * (1.0 - load)) + kWay,
          6e4,
          8e5};
}

/// A machine and a vehicle that share one item: its cycle is the sum of all mean times.
inline Case closed_cycle() {
  auto flow = shuttle(30.0, Distribution::exponential(15.0));
  flow.sources[0] = {
      .name = "in", .between = Distribution::constant(0.0), .cards = 1, .next = {{"machine"}}};
  flow.stations = {exponential("machine", 50.0, "agv")};
  flow.layout.points[0].serves = {"machine"};
  return {"Closed cycle with a vehicle",     flow, "throughput",
          1.0 / (50.0 + 30.0 + 15.0 + 30.0), 2e3,  1e5};
}

/// Vehicles that go round a ring of four ways of 25 m for one each, at 1 m/s, loading for 10 s and
/// unloading for 10 s opposite: as many times the throughput of one as there are, until the ways
/// are full.
inline Case ring(std::uint32_t vehicles) {
  auto flow = shuttle(25.0, Distribution::constant(10.0), vehicles);
  flow.sources[0].between = Distribution::constant(0.0);
  flow.sources[0].cards = 50;
  flow.fleets[0].unloading = Distribution::constant(10.0);
  flow.layout.points.push_back({.name = "c"});
  flow.layout.points.push_back({.name = "d"});
  flow.layout.ways.clear();
  for (const auto& [from, to] : {std::pair{"a", "c"}, {"c", "b"}, {"b", "d"}, {"d", "a"}})
    flow.layout.ways.push_back(
        {.name = std::string(from) + to, .from = from, .to = to, .length = 25.0});
  return {"Ring", flow, "throughput", std::min(vehicles / 120.0, 1.0 / 25.0), 3e3, 6e5};
}

}  // namespace gemel::process_flow::textbook
