#pragma once
// What the conformance suite knows of a back end of the History port: how one is made, and that it
// holds the same when it is opened again. A further back end is one line in its own list.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::testing {

/// A place of its own in which one history lives; empty at first, removed at the end.
class Place {
 public:
  virtual ~Place() = default;

  /// The history that lives here, with what was committed before. The one before it is closed.
  /// Null, with a failure of the test, when it can't be had.
  virtual std::unique_ptr<History> open(const Plant& plant) = 0;
};

struct Backend {
  std::string name;  // of the test case
  std::function<std::unique_ptr<Place>(std::uint64_t seed)> make_place;
  bool lasts = true;        // holds the same when it is opened again
  int seeds = 20;           // of random histories that it is held against the oracle with
  std::string absent = {};  // why it can't be asked on this machine; empty: it can
};

/// Those that this program asks. Each test program defines its own.
std::vector<Backend> backends();

}  // namespace gemel::testing
