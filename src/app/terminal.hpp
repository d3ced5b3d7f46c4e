#pragma once
// What the commands print: aligned tables, a progress line, errors; and Ctrl-C as a stop token.

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gemel::app {

/// Exit statuses of the program.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;   // the world said no
inline constexpr int kMisused = 2;  // the command line makes no sense

/// Columns wide enough for their cells; numbers (cells that begin with a digit or a sign) to the
/// right.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  std::string to_text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// "gemel: <message>" on standard error. Returns kFailed.
int fail(const Error& error);

/// A line that rewrites itself on a terminal, and is silent elsewhere. Threads: one.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine();
  void show(double done, std::string_view detail);

 private:
  std::string what_;
  bool terminal_;
  double shown_ = -1.0;
};

/// Asked to stop by the first SIGINT or SIGTERM; a second one ends the process at once.
/// Order: make one per process, before any thread starts.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::function<void()> join_;
};

}  // namespace gemel::app
