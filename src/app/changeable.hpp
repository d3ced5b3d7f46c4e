#pragma once
// What of a twin can be changed, and how it is written on a command line.

#include <string>
#include <vector>

#include "base/result.hpp"

namespace gemel::app {

/// By its name: to read a value's unit, and to tell a quantity of the simulator's from a control of
/// the plant.
struct Named {
  std::string name;
  std::string unit;
};

struct Changeable {
  std::vector<Named> quantities;
  std::vector<Named> controls;  // by whole path

  struct Found {
    Named of;
    bool is_control = false;
  };
  /// By its name or the end of its path. Errors: NotFound, with what may have been meant.
  Result<Found> find(const std::string& name) const;
};

struct Assignment {
  std::string name;
  std::string value;
};

/// "NAME=VALUE". Errors: InvalidInput, with the example.
Result<Assignment> split_assignment(const std::string& text, const char* example);

/// "1600", "1600 rpm" in the unit that it has anyway, "30 d" where that is seconds. Errors:
/// InvalidInput.
Result<double> value_of(const std::string& text, const std::string& unit);

/// Whether a path is this name, or ends with it after a dot.
bool is_or_ends(const std::string& path, const std::string& name);

/// "'<text>' is no <what>"
Error not_understood(const std::string& text, const std::string& what);

}  // namespace gemel::app
