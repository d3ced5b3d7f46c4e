#include "load.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace gemel::bench {
namespace {

Result<void> expect_success(const HttpAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return {};
  return Error{ErrorCode::Unavailable,
               fmt::format("the server answered {} {}", answer.status, answer.body.substr(0, 500))};
}

}  // namespace

Result<double> post_all(const Load& load, std::span<const std::string> requests) {
  std::vector<HttpConnection> connections;
  for (std::size_t i = 0; i < load.connections; ++i) {
    GEMEL_ASSIGN(auto connection, HttpConnection::open(load.port));
    connections.push_back(std::move(connection));
  }
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  Result<void> outcome;
  const auto send = [&](HttpConnection& connection) -> Result<void> {
    for (auto i = next++; i < requests.size(); i = next++) {
      GEMEL_ASSIGN(const auto answer, connection.exchange(requests[i]));
      GEMEL_TRY(expect_success(answer));
    }
    return {};
  };
  const Stopwatch stopwatch;
  {
    std::vector<std::jthread> threads;
    for (auto& connection : connections)
      threads.emplace_back([&] {
        auto sent = send(connection);
        if (sent) return;
        next = requests.size();
        const std::lock_guard lock(mutex);
        if (outcome) outcome = std::move(sent);
      });
  }
  GEMEL_TRY(outcome);
  return stopwatch.seconds();
}

Result<Asked> ask_all(const Dialect& dialect, HttpConnection& connection,
                      std::span<const Question> questions) {
  std::vector<double> seconds;
  std::vector<double> values;
  for (const auto& question : questions) {
    std::vector<HttpAnswer> answers;
    const Stopwatch stopwatch;
    for (const auto& request : question) {
      GEMEL_ASSIGN(auto answer, connection.exchange(request));
      answers.push_back(std::move(answer));
    }
    seconds.push_back(stopwatch.seconds());
    std::uint64_t count = 0;
    for (const auto& answer : answers) {
      GEMEL_TRY(expect_success(answer));
      GEMEL_ASSIGN(const auto held, dialect.values_in(answer.body));
      count += held;
    }
    values.push_back(static_cast<double>(count));
  }
  std::ranges::sort(values);
  return Asked{.latencies = summarise(std::move(seconds)),
               .values = values.empty() ? 0.0 : values[values.size() / 2]};
}

}  // namespace gemel::bench
