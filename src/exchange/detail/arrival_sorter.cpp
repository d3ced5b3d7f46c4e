#include "exchange/detail/arrival_sorter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace gemel::exchange::detail {
namespace {

constexpr std::size_t kBlock = 4'096;  // arrivals

Error trouble(const std::filesystem::path& folder, int error) {
  return {ErrorCode::Unavailable, "sorting in " + folder.string() + ": " + std::strerror(error) +
                                      "; name a folder with room by --scratch"};
}

}  // namespace

ArrivalSorter::ArrivalSorter(std::filesystem::path folder, std::size_t run)
    : folder_(std::move(folder)), run_size_(run) {}

ArrivalSorter::~ArrivalSorter() {
  if (file_ >= 0) ::close(file_);
}

Result<void> ArrivalSorter::add(std::span<const Arrival> arrivals) {
  size_ += arrivals.size();
  memory_.insert(memory_.end(), arrivals.begin(), arrivals.end());
  if (memory_.size() < run_size_) return {};
  return spill();
}

Result<void> ArrivalSorter::seal() {
  if (runs_.empty())
    sort();
  else
    GEMEL_TRY(spill());
  rewind();
  return {};
}

void ArrivalSorter::sort() {
  const auto in_order = [](const Arrival& a, const Arrival& b) { return before(a, b); };
  if (!std::is_sorted(memory_.begin(), memory_.end(), in_order))
    std::stable_sort(memory_.begin(), memory_.end(), in_order);
}

Result<void> ArrivalSorter::spill() {
  if (memory_.empty()) return {};
  if (file_ < 0) {
    file_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) return trouble(folder_, errno);
  }
  sort();
  const auto* bytes = reinterpret_cast<const char*>(memory_.data());
  auto left = memory_.size() * sizeof(Arrival);
  while (left > 0) {
    const auto written = ::write(file_, bytes, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return trouble(folder_, errno);
    bytes += written;
    left -= static_cast<std::size_t>(written);
  }
  const auto begin = runs_.empty() ? 0 : runs_.back().end;
  runs_.push_back({.begin = begin, .end = begin + memory_.size(), .next = begin, .block = {}});
  memory_.clear();
  return {};
}

void ArrivalSorter::rewind() {
  at_ = 0;
  merging_ = false;
  heads_.clear();
  for (auto& run : runs_) {
    run.next = run.begin;
    run.block.clear();
    run.at = 0;
  }
}

Result<bool> ArrivalSorter::refill(Run& run) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, run.end - run.next));
  run.block.resize(count);
  run.at = 0;
  auto* bytes = reinterpret_cast<char*>(run.block.data());
  for (std::size_t got = 0; got < count * sizeof(Arrival);) {
    const auto n = ::pread(file_, bytes + got, count * sizeof(Arrival) - got,
                           static_cast<off_t>(run.next * sizeof(Arrival) + got));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return trouble(folder_, n < 0 ? errno : EIO);
    got += static_cast<std::size_t>(n);
  }
  run.next += count;
  return count > 0;
}

/// Whether run `a` comes after `b`: the heap keeps the earliest on top, equal ones in file order.
bool ArrivalSorter::later(std::size_t a, std::size_t b) const {
  const auto& x = runs_[a].block[runs_[a].at];
  const auto& y = runs_[b].block[runs_[b].at];
  return before(y, x) || (!before(x, y) && a > b);
}

Result<void> ArrivalSorter::begin_merge() {
  const auto order = [this](std::size_t a, std::size_t b) { return later(a, b); };
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    GEMEL_ASSIGN(const bool any, refill(runs_[i]));
    if (!any) continue;
    heads_.push_back(i);
    std::push_heap(heads_.begin(), heads_.end(), order);
  }
  merging_ = true;
  return {};
}

Result<bool> ArrivalSorter::take(std::vector<Arrival>& arrivals, std::size_t most) {
  if (runs_.empty()) {
    const auto count = std::min(most, memory_.size() - at_);
    const auto from = memory_.begin() + static_cast<std::ptrdiff_t>(at_);
    arrivals.insert(arrivals.end(), from, from + static_cast<std::ptrdiff_t>(count));
    at_ += count;
    return at_ < memory_.size();
  }
  if (!merging_) GEMEL_TRY(begin_merge());
  const auto order = [this](std::size_t a, std::size_t b) { return later(a, b); };
  for (; most > 0 && !heads_.empty(); --most) {
    std::pop_heap(heads_.begin(), heads_.end(), order);
    auto& run = runs_[heads_.back()];
    arrivals.push_back(run.block[run.at++]);
    if (run.at == run.block.size()) {
      GEMEL_ASSIGN(const bool more, refill(run));
      if (!more) {
        heads_.pop_back();
        continue;
      }
    }
    std::push_heap(heads_.begin(), heads_.end(), order);
  }
  return !heads_.empty();
}

}  // namespace gemel::exchange::detail
