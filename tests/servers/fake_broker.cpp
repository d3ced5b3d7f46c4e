#include "fake_broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gemel::testing {
namespace {

constexpr int kPatienceMs = 20'000;

std::string packet(std::uint8_t first, std::string_view body) {
  std::string bytes(1, static_cast<char>(first));
  auto length = body.size();
  do {
    const auto seven = length % 128;
    length /= 128;
    bytes += static_cast<char>(seven | (length > 0 ? 0x80 : 0));
  } while (length > 0);
  return bytes.append(body);
}

std::string two_bytes(std::size_t n) {
  return {static_cast<char>(n >> 8), static_cast<char>(n & 0xff)};
}

bool readable(int fd) {
  pollfd ready{fd, POLLIN, 0};
  return poll(&ready, 1, kPatienceMs) > 0;
}

}  // namespace

FakeBroker::FakeBroker() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  listen(listener_, 8);
}

FakeBroker::~FakeBroker() {
  hang_up();
  close(listener_);
}

std::string FakeBroker::url() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  return "mqtt://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

FakeBroker::Packet FakeBroker::accept_client() {
  for (;;) {
    hang_up();
    if (!readable(listener_)) return {};
    client_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    auto first = next();
    if (first.type == kConnect) return first;
  }
}

FakeBroker::Packet FakeBroker::next() {
  Packet packet;
  char byte = 0;
  if (!read_exactly(&byte, 1)) return packet;
  const auto type = static_cast<std::uint8_t>(static_cast<std::uint8_t>(byte) >> 4);
  std::size_t length = 0;
  for (int shift = 0; shift < 28; shift += 7) {
    if (!read_exactly(&byte, 1)) return packet;
    length |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  packet.body.resize(length);
  if (length == 0 || read_exactly(packet.body.data(), length)) packet.type = type;
  return packet;
}

bool FakeBroker::read_exactly(char* to, std::size_t count) const {
  while (count > 0) {
    if (!readable(client_)) return false;
    const auto got = recv(client_, to, count, 0);
    if (got <= 0) return false;
    to += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

void FakeBroker::send(std::string_view bytes) const {
  ::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void FakeBroker::accept_connect(int version) const {
  send(packet(0x20, version == 5 ? std::string_view("\0\0\0", 3) : std::string_view("\0\0", 2)));
}

void FakeBroker::answer_subscribe(const Packet& subscribe, int version,
                                  std::vector<std::uint8_t> granted) const {
  std::string body = subscribe.body.substr(0, 2);
  if (version == 5) body += '\0';
  body.append(granted.begin(), granted.end());
  send(packet(0x90, body));
}

void FakeBroker::publish(int version, int qos, std::uint16_t id, std::string_view topic,
                         std::string_view payload) const {
  std::string body = two_bytes(topic.size()) + std::string(topic);
  if (qos > 0) body += two_bytes(id);
  if (version == 5) body += '\0';
  send(packet(static_cast<std::uint8_t>(0x30 | qos << 1), body.append(payload)));
}

void FakeBroker::hang_up() {
  if (client_ >= 0) close(client_);
  client_ = -1;
}

}  // namespace gemel::testing
