#pragma once
// Sends bodies to a server over several connections at once, and asks it questions over one.

#include <cstdint>
#include <span>
#include <string>

#include "dialect.hpp"
#include "measuring.hpp"

namespace gemel::bench {

struct Load {
  std::uint16_t port = 0;
  std::size_t connections = 2;
};

/// Posts every request once. Order: as given, but for what several connections overtake. Errors:
/// Unavailable, with the first answer that was not 2xx. Units of the result: seconds of wall time
/// until the last was acknowledged.
Result<double> post_all(const Load& load, std::span<const std::string> requests);

struct Asked {
  Latencies latencies;
  double values = 0.0;  // the median answer's
};

/// Asks each of the questions once, over one kept-alive connection. Reading the values out of the
/// answers is not timed.
Result<Asked> ask_all(const Dialect& dialect, HttpConnection& connection,
                      std::span<const Question> questions);

}  // namespace gemel::bench
