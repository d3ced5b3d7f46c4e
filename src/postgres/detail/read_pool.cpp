#include "postgres/detail/read_pool.hpp"

#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "postgres/detail/schema.hpp"

namespace gemel::postgres::detail {

Result<Connection> ReadPool::take() {
  std::optional<Connection> taken;
  {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, std::chrono::seconds(kPatienceSeconds),
                        [&] { return busy_ < kConnections; }))
      return {ErrorCode::Timeout,
              fmt::format("{} reads of the history at {} have been under way for {} s; ask for "
                          "shorter ranges, or later",
                          kConnections, address_.shown, kPatienceSeconds)};
    ++busy_;
    if (!idle_.empty()) {
      taken = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (taken) return std::move(*taken);
  auto fresh = connect();
  if (!fresh) leave(/*lost=*/true);
  return fresh;
}

Result<Connection> ReadPool::connect() const {
  GEMEL_ASSIGN(auto connection, Connection::open(address_));
  GEMEL_TRY(enter(connection, schema_, /*read_only=*/true));
  return connection;
}

void ReadPool::give_back(Connection connection) {
  const bool lost = connection.lost();
  if (!lost) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  leave(lost);
}

void ReadPool::leave(bool lost) {
  std::vector<Connection> gone;
  {
    const std::lock_guard lock(mutex_);
    --busy_;
    // A server that closed one has closed them all.
    if (lost) gone.swap(idle_);
  }
  free_.notify_one();
}

Result<Rows> ReadPool::ask(const char* statement, std::initializer_list<std::string> parameters) {
  for (bool again = false;; again = true) {
    GEMEL_ASSIGN(auto connection, take());
    auto rows = connection.ask(statement, parameters);
    const bool lost = connection.lost();
    give_back(std::move(connection));
    if (rows || !lost || again) return rows;
  }
}

}  // namespace gemel::postgres::detail
