#pragma once
// What a study of accuracy or speed found, beside what others published and what we aim at.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"

namespace gemel::bench {

/// One line of the table.
struct Finding {
  std::string data;              // "C-MAPSS FD001"
  std::string metric;            // "RMSE, capped"
  std::vector<double> values{};  // one a seed; one only where nothing depends on a seed
  bool lower_is_better = false;
  std::optional<double> published{};  // the best that we know of
  std::string published_by{};         // who, or what it is
  std::optional<double> aim{};
  std::optional<double> training_s{};  // of one seed, on this machine
  std::string note{};
};

struct StudyOptions {
  std::string data;  // folder of public data sets
  std::size_t seeds = 5;
  bool quick = false;         // one seed, fewer series: for a look, not for a claim
  std::string only_series{};  // of one data set, those whose name contains this; empty: all
};

/// Errors: NotFound when its data isn't there (the message says which file); Corruption naming file
/// and line.
struct Study {
  std::string_view name;  // for --only
  std::string_view what;
  Result<std::vector<Finding>> (*run)(const StudyOptions&);
};

/// In the order of the table.
const std::vector<Study>& studies();

/// Fisher and Yates's, the same on every machine.
void shuffle(std::span<std::size_t> order, Random& random);

double mean_of(const std::vector<double>& values);
/// Sample standard deviation; 0 of a single value.
double spread_of(const std::vector<double>& values);

/// On stderr, over the line before, when it is a terminal: "ucr: 37 of 146".
void progress(std::string_view study, std::size_t done, std::size_t all);

}  // namespace gemel::bench
