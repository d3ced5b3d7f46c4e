#pragma once
// What many futures come to: their mean, and the band that holds nine in ten of them.

#include <string>
#include <vector>

#include "core/simulator.hpp"

namespace gemel::simulation {

/// Gathers one quantity of all futures, moment after moment.
class Fan {
 public:
  /// `judged_from`: of the moments, the first that worst_low and worst_high look at. Shapes:
  /// `futures` of every add().
  Fan(SimulatedSignal what, std::size_t futures);
  /// The next moment, one value a future; reorders them. What is no number is left out.
  void add(std::vector<double>& values, bool judged);
  SimulatedSignal take() { return std::move(signal_); }

 private:
  SimulatedSignal signal_;
};

Indicator indicator(std::string name, std::string unit, std::vector<double> draws);

}  // namespace gemel::simulation
