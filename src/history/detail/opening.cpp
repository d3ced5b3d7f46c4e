#include <algorithm>

#include "base/log.hpp"
#include "history/detail/catalog.hpp"
#include "history/detail/file_history.hpp"

namespace gemel::history::detail {
namespace {

constexpr std::uint64_t kWeightLeast = 1u << 20;
constexpr std::uint64_t kWeightMost = 5u << 19;
// Chunks of that many samples a signal are worth their heads.
constexpr std::uint64_t kSamplesPerSignal = 300;

std::uint64_t weight_for(std::size_t signals) {
  return std::clamp<std::uint64_t>(signals * kSamplesPerSignal, kWeightLeast, kWeightMost);
}

}  // namespace

FileHistory::FileHistory(const Options& options)
    : options_(options),
      files_(options.files ? *options.files : real_files()),
      open_(files_, options.directory),
      segment_weight_(options.segment_samples > 0 ? options.segment_samples
                                                  : weight_for(options.plant->signals.size())) {}

Result<void> FileHistory::recover() {
  GEMEL_TRY(open_directory());
  GEMEL_TRY(open_catalog());
  GEMEL_ASSIGN(const auto inventory, take_inventory(files_, options_.directory));
  sealed_ = std::make_shared<const SealedSegments>(inventory.segments);
  tail_ = Tail(series_count_);
  GEMEL_ASSIGN(at_log_, replay_logs(files_, options_.directory, inventory, tail_));
  GEMEL_TRY(restore_beliefs());
  restore_chain();
  count_sealed();
  if (options_.read_only) return {};
  GEMEL_TRY(clear_up(inventory));
  if (at_log_.length == 0) return {};
  GEMEL_ASSIGN(log_,
               WalWriter::open(files_, options_.directory, at_log_.logs.last, at_log_.length));
  return {};
}

Result<void> FileHistory::open_directory() {
  if (options_.read_only) return {};
  GEMEL_TRY(files_.create_directories(options_.directory));
  GEMEL_ASSIGN(lock_, files_.lock(options_.directory / "LOCK"));
  return {};
}

Result<void> FileHistory::open_catalog() {
  GEMEL_ASSIGN(auto catalog, Catalog::load(files_, options_.directory));
  // A reader gives numbers too, to itself alone: signals that were never recorded are simply empty.
  const bool to_save = catalog.add(*options_.plant) || !catalog.whole();
  if (to_save && !options_.read_only) GEMEL_TRY(catalog.save(files_, options_.directory));
  series_of_ = catalog.series_of(*options_.plant);
  series_count_ = catalog.paths().size();
  return {};
}

Result<void> FileHistory::clear_up(const Inventory& inventory) {
  for (const auto& name : inventory.leftovers) GEMEL_TRY(files_.remove(options_.directory / name));
  for (const auto number : inventory.sealed_logs)
    GEMEL_TRY(files_.remove(options_.directory / wal_name(number)));
  return {};
}

Result<void> FileHistory::restore_beliefs() {
  auto beliefs = sealed_beliefs(open_, *sealed_, series_count_, Timestamp::max(), Timestamp::max());
  if (!beliefs) {
    // Two damages at once. What can be believed without them is still worth more than not starting.
    log::error("history", "what was believed last can't be restored in full",
               {{"why", beliefs.error().message}});
    auto readable = *sealed_;
    std::erase_if(readable, [](const SealedSegment& segment) { return segment.lost; });
    while (!beliefs && !readable.empty()) {
      readable.pop_back();
      beliefs = sealed_beliefs(open_, readable, series_count_, Timestamp::max(), Timestamp::max());
    }
  }
  if (!beliefs) return beliefs.error();
  beliefs->resize(series_count_);
  known_.restore(*beliefs, tail_);
  for (const auto& belief : *beliefs)
    base_newest_ = std::max({base_newest_, belief.value_time, belief.missing_since});
  base_ = std::make_shared<const Beliefs>(std::move(*beliefs));
  return {};
}

void FileHistory::restore_chain() {
  if (sealed_->empty()) return;
  const auto segment = open_.get(sealed_->back());
  const auto ends =
      segment ? (*segment)->events().chain_ends() : Result<ChainEnds>(segment.error());
  if (ends)
    chain_ = ends->last;
  else
    log::error("history", "the chain of events starts anew", {{"why", ends.error().message}});
}

void FileHistory::count_sealed() {
  for (const auto& [info, lost] : *sealed_) {
    if (lost) continue;
    status_.samples += info.samples;
    status_.events += info.events;
    status_.last_known_at = std::max(status_.last_known_at, info.span.last_known);
    sealed_bytes_ += info.file_bytes;
  }
  status_.samples += tail_.samples();
  status_.events += tail_.events().size();
  if (!tail_.empty()) status_.last_known_at = tail_.frames().back();
  log_bytes_ = at_log_.other_bytes;
  status_.bytes_on_disk = sealed_bytes_ + log_bytes_ + at_log_.length;
  hand_over_at_ = segment_weight_;
}

}  // namespace gemel::history::detail
