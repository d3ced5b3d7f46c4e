#pragma once
// A mosquitto of the test's own: started on a free port, killed and restarted as the test likes.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
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

  /// The message ids of what `client` published and this broker had on its disk, whatever ended it
  /// afterwards: told by its log, which wants saves_each_change().
  std::set<int> saved_messages_of(const std::string& client) const;
  /// Lines for its configuration: it saves whenever it holds something new, and logs what it does.
  /// (It does not count as new what it has just sent to a subscriber and got no answer for.)
  static std::vector<std::string> saves_each_change();

  /// Publishes with mosquitto_pub, in order, each with QoS 1. False when that failed.
  bool publish(const std::string& topic, const std::vector<std::string>& payloads) const;

 private:
  void end(int signal);
  std::filesystem::path log() const { return folder_.path() / "mosquitto.log"; }
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
