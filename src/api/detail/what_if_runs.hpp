#pragma once
// What-ifs that take longer than a request should: run one after the other on a thread of their
// own, looked at and stopped meanwhile.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/detail/encode.hpp"
#include "base/result.hpp"
#include "core/simulator.hpp"

namespace gemel::api {

/// Limits: eight wait at most; the newest thirty-two that are over are kept.
/// Threads: any; starts one. Destruction stops what runs.
class WhatIfRuns {
 public:
  using Work = std::function<Result<Json>(const Progress&)>;

  WhatIfRuns();
  ~WhatIfRuns();
  WhatIfRuns(const WhatIfRuns&) = delete;
  WhatIfRuns& operator=(const WhatIfRuns&) = delete;

  /// The run's number. Errors: Capacity (eight are waiting).
  Result<std::uint64_t> submit(std::string who, Json question, Work work);
  /// Stops it as soon as it can; what is done by then is its answer. Errors: NotFound.
  Result<void> stop(std::uint64_t id);
  /// With its answer when it is over. Errors: NotFound.
  Result<Json> look(std::uint64_t id) const;
  /// Newest first, without their answers.
  Json all() const;

 private:
  enum class State : std::uint8_t { Waiting, Running, Done, Stopped, Failed };
  struct Run {
    std::uint64_t id = 0;
    std::string who;
    Json question;
    Work work;
    State state = State::Waiting;
    std::uint32_t done = 0, of = 0;
    bool stop = false;
    Json answer;
    std::string error;
  };

  void work(std::stop_token stop);
  void run(Run& run, std::unique_lock<std::mutex>& lock, std::stop_token stop);
  void forget_oldest();
  const Run* find(std::uint64_t id) const;
  static Json describe(const Run& run);
  static const char* name_of(State state);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Run> runs_;  // oldest first; a run's place never changes
  std::uint64_t next_id_ = 1;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace gemel::api
