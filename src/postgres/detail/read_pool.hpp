#pragma once
// A few connections that readers share.

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "postgres/detail/connection.hpp"

namespace gemel::postgres::detail {

/// Threads: ask() from any. Limits: kConnections statements at a time; more wait, at most
/// kPatienceSeconds.
class ReadPool {
 public:
  static constexpr std::size_t kConnections = 4;
  static constexpr int kPatienceSeconds = 30;

  ReadPool(Address address, std::string schema)
      : address_(std::move(address)), schema_(std::move(schema)) {}

  /// Asks on a free connection, opening one if need be. One that the server closed meanwhile (a
  /// restart) is replaced once, unseen.
  Result<Rows> ask(const char* statement, std::initializer_list<std::string> parameters);

 private:
  Result<Connection> take();
  Result<Connection> connect() const;
  void give_back(Connection connection);
  void leave(bool lost);

  const Address address_;
  const std::string schema_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<Connection> idle_;
  std::size_t busy_ = 0;
};

}  // namespace gemel::postgres::detail
