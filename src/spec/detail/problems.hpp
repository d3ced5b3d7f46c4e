#pragma once
// Collects what is wrong with a twin file, so that one load tells everything.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "spec/spec.hpp"

namespace gemel::spec {

/// Limits: keeps the first kMax problems and says that there may be more. The same problem at the
/// same place, which a type shared by many assets would repeat, is kept once.
class Problems {
 public:
  static constexpr std::size_t kMax = 100;

  explicit Problems(std::string file) : file_(std::move(file)) {}

  void error(Location at, std::string message) { add(at, std::move(message), false); }
  void warning(Location at, std::string message) { add(at, std::move(message), true); }

  bool any_error() const { return any_error_; }
  /// No further problem will be kept: the reader may stop.
  bool full() const { return all_.size() >= kMax; }

  /// In the order of the file.
  std::vector<Problem> take();

 private:
  void add(Location at, std::string message, bool warning);

  std::string file_;
  std::vector<Problem> all_;
  std::set<std::pair<Location, std::string>> seen_;
  bool any_error_ = false;
};

}  // namespace gemel::spec
