#include "postgres/postgres_history.hpp"

#include <mutex>

#include <fmt/format.h>

#include "core/history_requests.hpp"
#include "postgres/detail/queries.hpp"
#include "postgres/detail/schema.hpp"
#include "postgres/detail/upkeep.hpp"
#include "postgres/detail/writer.hpp"

namespace gemel::postgres {
namespace {

using detail::Address;
using detail::Connection;
using detail::Queries;
using detail::Upkeep;
using detail::Writer;

class PostgresHistory final : public History {
 public:
  /// `writer` and `upkeep` are null when it is only read; `opened` is the status then.
  PostgresHistory(std::unique_ptr<Queries> queries, std::unique_ptr<Writer> writer,
                  std::unique_ptr<Upkeep> upkeep, HistoryStatus opened)
      : queries_(std::move(queries)),
        writer_(std::move(writer)),
        upkeep_(std::move(upkeep)),
        opened_(opened) {}

  Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                   std::size_t limit) const override {
    return queries_->read(signal, range, known_at, limit);
  }
  Result<BeliefTable> beliefs(Timestamp at, Timestamp known_at) const override {
    return queries_->beliefs(at, known_at);
  }
  Result<std::vector<Bucket>> downsample(SignalId signal, TimeRange range, std::size_t count,
                                         Timestamp known_at) const override {
    return queries_->downsample(signal, range, count, known_at);
  }
  Result<std::vector<Event>> events(TimeRange known, std::size_t limit) const override {
    return queries_->events(known, limit);
  }
  Result<Timestamp> frame_at_or_before(Timestamp t) const override {
    return queries_->frame_at_or_before(t);
  }
  Result<TimeRange> extent() const override { return queries_->extent(); }

  Result<std::size_t> drop_known(std::vector<Sample>& samples) override {
    if (!writer_) return only_read();
    return writer_->drop_known(samples);
  }
  Result<void> commit(const Frame& frame) override {
    if (!writer_) return only_read();
    return writer_->commit(frame);
  }
  Result<void> sync() override { return writer_ ? writer_->sync() : Result<void>{}; }
  HistoryStatus status() const override { return writer_ ? writer_->status() : opened_; }

  Result<bool> tend(std::stop_token /*a piece is short*/) override {
    if (!writer_) return false;
    const auto now = writer_->status().last_known_at;
    if (now == Timestamp::min()) return false;
    const std::lock_guard lock(upkeep_mutex_);
    GEMEL_ASSIGN(const auto done, upkeep_->tend(now));
    writer_->forget(done.samples);
    return done.something;
  }

 private:
  static Error only_read() {
    return {ErrorCode::Unsupported, "the history was opened for reading only"};
  }

  const std::unique_ptr<Queries> queries_;
  const std::unique_ptr<Writer> writer_;
  const std::unique_ptr<Upkeep> upkeep_;
  std::mutex upkeep_mutex_;
  const HistoryStatus opened_;
};

Result<void> check(const Options& options) {
  if (options.plant == nullptr)
    return {ErrorCode::InvalidInput, "a history needs the plant whose signals it holds"};
  // PostgreSQL would cut longer names silently.
  if (!options.schema.empty() && options.schema.size() <= 63) return {};
  return {ErrorCode::InvalidInput,
          fmt::format("'{}' is no name of a schema; it has 1 to 63 bytes", options.schema)};
}

Result<std::unique_ptr<History>> open_to_read(const Options& options, const Address& address) {
  GEMEL_ASSIGN(auto connection, Connection::open(address));
  GEMEL_TRY(detail::enter(connection, options.schema, /*read_only=*/true));
  GEMEL_ASSIGN(auto numbers, detail::find_signals(connection, *options.plant));
  GEMEL_ASSIGN(auto status, detail::read_totals(connection));
  GEMEL_ASSIGN(status.bytes_on_disk, detail::bytes_on_disk(connection));
  return std::unique_ptr<History>(std::make_unique<PostgresHistory>(
      std::make_unique<Queries>(address, options.schema, std::move(numbers)), nullptr, nullptr,
      status));
}

}  // namespace

Result<std::unique_ptr<History>> open(const Options& options) {
  GEMEL_TRY(check(options));
  GEMEL_ASSIGN(const auto address, Address::parse(options.url));
  if (options.read_only) return open_to_read(options, address);
  auto writer =
      std::make_unique<Writer>(address, options.schema, *options.plant, options.commit_every);
  GEMEL_TRY(writer->connect());
  auto queries = std::make_unique<Queries>(address, options.schema, writer->numbers());
  auto upkeep =
      std::make_unique<Upkeep>(address, options.schema, *options.plant, writer->numbers());
  return std::unique_ptr<History>(std::make_unique<PostgresHistory>(
      std::move(queries), std::move(writer), std::move(upkeep), HistoryStatus{}));
}

Result<Plant> recorded_signals(const std::string& url, const std::string& schema) {
  GEMEL_ASSIGN(const auto address, Address::parse(url));
  GEMEL_ASSIGN(auto connection, Connection::open(address));
  GEMEL_TRY(detail::enter(connection, schema, /*read_only=*/true));
  GEMEL_ASSIGN(const auto paths, detail::recorded_paths(connection));
  Plant plant;
  plant.name = schema;
  plant.assets.emplace_back();
  plant.assets.front().id = AssetId{0};
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    Signal signal;
    signal.id = SignalId{i};
    signal.asset = AssetId{0};
    signal.path = paths[i];
    signal.name = paths[i].substr(paths[i].rfind('.') + 1);
    plant.assets.front().signals.push_back(signal.id);
    plant.signals.push_back(std::move(signal));
  }
  plant.index_paths();
  return plant;
}

}  // namespace gemel::postgres
