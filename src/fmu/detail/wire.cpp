#include "fmu/detail/wire.hpp"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

namespace gemel::fmu::detail {
namespace {

constexpr std::uint32_t kBytesMax = 1u << 30;
using Moment = std::chrono::steady_clock::time_point;

bool send_all(int socket, const char* at, std::size_t left) {
  while (left > 0) {
    const auto sent = ::send(socket, at, left, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    left -= static_cast<std::size_t>(sent);
  }
  return true;
}

/// Waits until something can be read, or the deadline has passed.
Received wait(int socket, std::optional<Moment> deadline) {
  for (;;) {
    int left_ms = -1;
    if (deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          *deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return Received::Late;
      left_ms = static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000));
    }
    pollfd interest{socket, POLLIN, 0};
    const int ready = ::poll(&interest, 1, left_ms);
    if (ready > 0) return Received::Whole;
    if (ready < 0 && errno != EINTR) return Received::Gone;
  }
}

Received receive_all(int socket, char* at, std::size_t left, std::optional<Moment> deadline) {
  while (left > 0) {
    if (const auto state = wait(socket, deadline); state != Received::Whole) return state;
    const auto got = ::recv(socket, at, left, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Received::Gone;
    at += got;
    left -= static_cast<std::size_t>(got);
  }
  return Received::Whole;
}

}  // namespace

bool send_message(int socket, std::string_view bytes) {
  std::uint32_t size = 0;
  if (bytes.size() > kBytesMax) return false;
  size = static_cast<std::uint32_t>(bytes.size());
  return send_all(socket, reinterpret_cast<const char*>(&size), sizeof size) &&
         send_all(socket, bytes.data(), bytes.size());
}

Received receive_message(int socket, std::string& bytes,
                         std::optional<std::chrono::milliseconds> patience) {
  std::optional<Moment> deadline;
  if (patience) deadline = std::chrono::steady_clock::now() + *patience;
  std::uint32_t size = 0;
  if (const auto state = receive_all(socket, reinterpret_cast<char*>(&size), sizeof size, deadline);
      state != Received::Whole)
    return state;
  if (size > kBytesMax) return Received::Gone;
  bytes.resize(size);
  return receive_all(socket, bytes.data(), size, deadline);
}

}  // namespace gemel::fmu::detail
