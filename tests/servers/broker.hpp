#pragma once
// A mosquitto of the test's own: started on a free port, killed and restarted as the test likes.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace gemel::testing {

/// Waits until `happened`, at most `patience`. False when it did not.
bool eventually(const std::function<bool()>& happened,
                std::chrono::seconds patience = std::chrono::seconds(20));

/// A folder under the system's temporary one, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Authority, server and client certificates made by the openssl program, and a second authority
/// that signed none.
struct Certificates {
  std::string ca, server, server_key, client, client_key, other_ca;
  /// Empty when openssl is not there.
  static Certificates make(const std::filesystem::path& folder);
  bool made() const { return !ca.empty(); }
};

class Broker {
 public:
  struct Options {
    const Certificates* tls = nullptr;   // listens with TLS and asks for a client certificate
    std::vector<std::string> more = {};  // lines for its configuration
  };
  explicit Broker(const Options& options);
  Broker() : Broker(Options{}) {}
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  /// Whether mosquitto is on this machine.
  static bool available();

  /// Waits until it listens; false, with the reason on standard error, when it does not.
  [[nodiscard]] bool start();
  void stop();       // SIGTERM: it writes its sessions and queues to its file
  void kill_hard();  // SIGKILL: it does not
  std::uint16_t port() const { return port_; }
  std::string url() const;

  /// Publishes with mosquitto_pub, in order, each with QoS 1. False when that failed.
  bool publish(const std::string& topic, const std::vector<std::string>& payloads) const;

 private:
  void end(int signal);
  const Options options_;
  TemporaryFolder folder_;
  std::uint16_t port_;
  pid_t process_ = -1;
};

}  // namespace gemel::testing

/// Skips the test without mosquitto, or fails it where GEMEL_NO_SKIP=1 forbids that.
#define GEMEL_NEEDS_BROKER()                                                                      \
  do {                                                                                            \
    if (!gemel::testing::Broker::available()) {                                                   \
      const char* no_skip = std::getenv("GEMEL_NO_SKIP");                                         \
      if (no_skip != nullptr && std::string_view(no_skip) == "1") {                               \
        FAIL()                                                                                    \
            << "mosquitto is not on this machine and GEMEL_NO_SKIP=1; apt-get install mosquitto"; \
      }                                                                                           \
      GTEST_SKIP() << "mosquitto is not on this machine; apt-get install mosquitto";              \
    }                                                                                             \
  } while (false)
