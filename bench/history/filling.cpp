#include "filling.hpp"

#include <algorithm>
#include <chrono>

#include "measuring.hpp"

namespace gemel::bench {

std::vector<Frame> Framing::cut(std::vector<Sample>& arrived, bool rest) {
  std::vector<Frame> frames;
  auto from = arrived.begin();
  while (from != arrived.end()) {
    const auto left = static_cast<std::size_t>(arrived.end() - from);
    if (left < samples_ && !rest) break;
    const auto until = from + static_cast<std::ptrdiff_t>(std::min(left, samples_));
    auto& frame = frames.emplace_back();
    frame.samples.assign(from, until);
    for (const auto& sample : frame.samples) newest_ = std::max(newest_, sample.source_time);
    known_at_ = std::max(newest_ + Duration::milliseconds(1), {known_at_.ns + 1});
    frame.known_at = known_at_;
    from = until;
  }
  arrived.erase(arrived.begin(), from);
  return frames;
}

std::vector<Frame> frames_of(const WorkloadOptions& options, std::size_t samples_a_frame) {
  Workload workload(options);
  Framing framing(samples_a_frame);
  std::vector<Frame> frames;
  std::vector<Sample> arrived;
  for (bool more = true; more;) {
    more = workload.arrive(arrived);
    std::ranges::move(framing.cut(arrived, !more), std::back_inserter(frames));
  }
  return frames;
}

Upkeep::Upkeep(History& history)
    : history_(history), thread_([&history](std::stop_token stop) {
        while (!stop.stop_requested())
          if (!history.tend(stop).value_or(false))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }) {}

Result<void> Upkeep::finish() {
  thread_.request_stop();
  thread_.join();
  for (bool due = true; due;) {
    GEMEL_ASSIGN(due, history_.tend({}));
  }
  return {};
}

Result<Filled> fill(History& history, std::vector<Frame>& frames, Duration sync_every,
                    bool look_for_repeats) {
  Filled filled;
  const auto cpu_before = process_cpu_s();
  double looking_cpu_s = 0.0;
  Stopwatch since_sync;
  for (auto& frame : frames) {
    if (look_for_repeats) {
      const Stopwatch looking;
      const auto cpu = thread_cpu_s();
      GEMEL_TRY(history.drop_known(frame.samples));
      looking_cpu_s += thread_cpu_s() - cpu;
      filled.drop_known_s += looking.seconds();
    }
    const Stopwatch committing;
    GEMEL_TRY(history.commit(frame));
    if (sync_every.ns > 0 && since_sync.seconds() >= sync_every.in_seconds()) {
      GEMEL_TRY(history.sync());
      since_sync = {};
    }
    filled.commit_s += committing.seconds();
    filled.samples += frame.samples.size();
  }
  const Stopwatch last;
  GEMEL_TRY(history.sync());
  filled.commit_s += last.seconds();
  filled.cpu_s = process_cpu_s() - cpu_before - looking_cpu_s;  // upkeep included, so far
  return filled;
}

}  // namespace gemel::bench
