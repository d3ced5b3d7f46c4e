#pragma once
// A file descriptor that ends a poll() when a stop is asked for or somebody has something to say.

#include <cstdint>
#include <functional>
#include <stop_token>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.hpp"

namespace gemel::connectors::mqtt::detail {

/// Threads: signal() from any; the rest from one.
class Wake {
 public:
  Wake() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { GEMEL_CHECK(fd_ >= 0); }
  ~Wake() { close(fd_); }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void signal() const { eventfd_write(fd_, 1); }
  void clear() const {
    eventfd_t ignored = 0;
    eventfd_read(fd_, &ignored);
  }
  pollfd watch() const { return {fd_, POLLIN, 0}; }

 private:
  const int fd_;
};

}  // namespace gemel::connectors::mqtt::detail
