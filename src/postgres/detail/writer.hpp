#pragma once
// The one connection that writes a history: frames, whole or not at all, whatever becomes of the
// server meanwhile.

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "postgres/detail/connection.hpp"

namespace gemel::postgres::detail {

/// Threads: one, but for status() and forget().
class Writer {
 public:
  Writer(Address address, std::string schema, const Plant& plant, Duration commit_every);

  /// Connects, takes the schema's lock, makes what is missing and reads where the history ends.
  /// Called again by itself when the connection was lost. Errors: Conflict (another program writes
  /// this schema), Unavailable.
  Result<void> connect();

  Result<std::size_t> drop_known(std::vector<Sample>& samples);
  Result<void> commit(const Frame& frame);
  Result<void> sync();
  HistoryStatus status() const;
  /// Counts samples out that upkeep has removed.
  void forget(std::uint64_t samples);

  /// Of the plant's signals in the database; known once connected.
  const std::vector<std::int32_t>& numbers() const { return numbers_; }

 private:
  static constexpr std::size_t kUnsyncedSamples = 1u << 20;
  static constexpr std::uint64_t kMeasureEvery = 100'000;

  Result<void> make_sure_connected();
  Result<void> take_lock(Connection& connection);
  Result<void> be_durable(Connection& connection);
  Result<void> read_end(Connection& connection);
  Result<void> restore_unsynced();
  Result<void> check(const Frame& frame) const;
  Result<void> write(const Frame& frame);
  void count_in(const Frame& frame);
  Result<std::vector<bool>> ask_held(const std::vector<Sample>& samples);
  void measure_disk();

  const Address address_;
  const std::string schema_;
  const Plant& plant_;
  const bool at_once_;  // every commit is on the server's disk; otherwise sync() makes it so
  std::optional<Connection> connection_;
  std::string session_;  // how the server knows our connection, to end what is left of a lost one
  std::string durable_;  // the synchronous_commit that is promised

  std::vector<std::int32_t> numbers_;
  std::vector<Timestamp> newest_;  // source time held of each signal: what is newer is no repeat
  Timestamp last_ = Timestamp::min();           // known_at of the newest frame
  Timestamp durable_until_ = Timestamp::min();  // known_at of the newest frame that is on the disk
  bool begun_ = false;                          // whether last_ was read
  std::optional<Timestamp> doubtful_;  // a frame whose commit was sent and never answered …
  std::optional<Timestamp> adopted_;   // … which turned out to be in the history
  std::vector<Frame> unsynced_;        // not yet on the server's disk; should it crash
  std::size_t unsynced_samples_ = 0;

  std::uint64_t unmeasured_ = 0;  // samples since the disk was last measured
  mutable std::mutex status_mutex_;
  HistoryStatus status_;
};

}  // namespace gemel::postgres::detail
