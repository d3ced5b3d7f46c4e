#pragma once
// One piece of work shared out among the processors.

#include <algorithm>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace gemel {

/// Calls `work(first, last)` for even shares of 0 … count, on this thread and as many more as there
/// are processors, and waits for all of them. Shares below `least` are not worth a thread. Errors:
/// that of the first share which failed. Threads: `work` is called from several at once.
template <class Work>
Result<void> share_out(std::size_t count, std::size_t least, const Work& work) {
  const auto processors = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  const auto shares =
      std::clamp<std::size_t>(count / std::max<std::size_t>(least, 1), 1, processors);
  std::vector<std::optional<Error>> failed(shares);
  const auto do_share = [&](std::size_t i) {
    if (auto done = work(count * i / shares, count * (i + 1) / shares); !done)
      failed[i] = done.error();
  };
  {
    std::vector<std::jthread> others;
    others.reserve(shares - 1);
    for (std::size_t i = 1; i < shares; ++i) {
      try {
        others.emplace_back([&do_share, i] { do_share(i); });
      } catch (const std::system_error&) {  // no more threads to be had
        do_share(i);
      }
    }
    do_share(0);
  }
  for (auto& error : failed) {
    if (error) return std::move(*error);
  }
  return {};
}

}  // namespace gemel
