#pragma once
// A broker of a few bytes whose every packet the test sends and sees.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gemel::testing {

class FakeBroker {
 public:
  /// Listens on a free port of 127.0.0.1.
  FakeBroker();
  ~FakeBroker();
  FakeBroker(const FakeBroker&) = delete;
  FakeBroker& operator=(const FakeBroker&) = delete;
  std::string url() const;

  struct Packet {
    std::uint8_t type =
        0;             // the upper half of the first byte: 4 is PUBACK, 12 PINGREQ, 14 DISCONNECT
    std::string body;  // after the length
    std::uint16_t id() const {
      return static_cast<std::uint16_t>(static_cast<std::uint8_t>(body[0]) << 8 |
                                        static_cast<std::uint8_t>(body[1]));
    }
  };
  static constexpr std::uint8_t kConnect = 1, kPublish = 3, kPubAck = 4, kSubscribe = 8, kPing = 12,
                                kDisconnect = 14;
  static constexpr std::uint8_t kEnd =
      0;  // the client closed the connection, or said nothing for 20 s

  /// Waits for a client that says CONNECT (and not only looks whether somebody listens).
  Packet accept_client();
  Packet next();
  void send(std::string_view bytes) const;

  void accept_connect(int version) const;  // CONNACK
  void answer_subscribe(const Packet& subscribe, int version,
                        std::vector<std::uint8_t> granted) const;
  void publish(int version, int qos, std::uint16_t id, std::string_view topic,
               std::string_view payload) const;
  void hang_up();

 private:
  bool read_exactly(char* to, std::size_t count) const;
  int listener_ = -1;
  int client_ = -1;
};

}  // namespace gemel::testing
