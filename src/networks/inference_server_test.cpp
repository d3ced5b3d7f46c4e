#include "networks/inference_server.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace gemel::networks {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Answers each request with what `reply` makes of it; an empty reply closes the connection.
class Stub {
 public:
  using Reply = std::function<std::string(const std::string& head, const std::string& body)>;

  explicit Stub(Reply reply)
      : reply_(std::move(reply)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    socklen_t size = sizeof at;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Stub() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  CardServer server() const {
    CardServer out;
    out.url = "http://127.0.0.1:" + std::to_string(port_) + "/";
    out.model = "pump";
    out.deadline = Duration::seconds(20);
    return out;
  }
  int connections() const { return connections_; }

 private:
  void serve() {
    for (int peer; (peer = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(peer)) {
      ++connections_;
      while (one(peer)) {
      }
    }
  }
  bool one(int peer) {
    std::string text;
    char buffer[4096];
    std::size_t whole = std::string::npos, head = 0;
    while (text.size() < whole) {
      const auto got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got <= 0) return false;
      text.append(buffer, static_cast<std::size_t>(got));
      head = text.find("\r\n\r\n");
      const auto length = text.find("Content-Length: ");
      if (head != std::string::npos && length != std::string::npos)
        whole = head + 4 + std::stoul(text.substr(length + 16));
    }
    const auto answer = reply_(text.substr(0, head), text.substr(head + 4));
    if (answer.empty()) return false;
    return ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
  }

  Reply reply_;
  int listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

std::string http(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Said\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

const Shape kIn{1, 2, 2}, kOut{1, 1, 2};
const std::vector<float> kWindow{1.0F, 2.0F, 3.0F, 4.5F};

Result<std::vector<float>> asked(ServedNetwork& network) {
  std::vector<float> out(2);
  GEMEL_TRY(network.answer(kWindow, out));
  return out;
}

std::string error_for(const std::string& response) {
  Stub stub([&](const auto&, const auto&) { return response; });
  const auto network = *ask_server(stub.server(), kIn, kOut);
  const auto answer = asked(*network);
  return answer ? "none" : answer.error().message;
}

TEST(InferenceServer, IsAskedByTheProtocolAndKeepsItsConnection) {
  std::string head, body;
  Stub stub([&](const auto& h, const auto& b) {
    head = h, body = b;
    return http(200,
                R"({"outputs":[{"name":"y","shape":[1,1,2],"datatype":"FP32","data":[0.5,-1]}]})");
  });
  const auto network = *ask_server(stub.server(), kIn, kOut);
  for (int i = 0; i < 3; ++i) {
    const auto answer = asked(*network);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(*answer, (std::vector<float>{0.5F, -1.0F}));
  }
  EXPECT_EQ(stub.connections(), 1);
  EXPECT_THAT(head, StartsWith("POST /v2/models/pump/infer HTTP/1.1"));
  const auto json = nlohmann::json::parse(body);
  EXPECT_EQ(json["inputs"][0]["shape"], (std::vector<int>{1, 2, 2}));
  EXPECT_EQ(json["inputs"][0]["datatype"], "FP32");
  EXPECT_EQ(json["inputs"][0]["data"], kWindow);
}

TEST(InferenceServer, IsAskedAgainWhenItClosedTheConnectionMeanwhile) {
  int requests = 0;
  Stub stub([&](const auto&, const auto&) {
    return ++requests == 2 ? std::string() : http(200, R"({"outputs":[{"data":[[[1,2]]]}]})");
  });
  const auto network = *ask_server(stub.server(), kIn, kOut);
  EXPECT_TRUE(asked(*network));
  const auto answer = asked(*network);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, (std::vector<float>{1.0F, 2.0F}));
  EXPECT_EQ(stub.connections(), 2);
}

TEST(InferenceServer, GivesUpAtTheDeadline) {
  std::promise<void> done;
  Stub stub([&](const auto&, const auto&) {
    done.get_future().wait();
    return std::string();
  });
  auto server = stub.server();
  server.deadline = Duration::milliseconds(50);
  const auto network = *ask_server(server, kIn, kOut);
  const auto answer = asked(*network);
  done.set_value();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Timeout);
  EXPECT_THAT(answer.error().message, HasSubstr("no answer within 50 ms"));
}

TEST(InferenceServer, ThatIsNotThereIsUnavailable) {
  CardServer server;
  {
    Stub stub([](const auto&, const auto&) { return std::string(); });
    server = stub.server();
  }
  const auto network = *ask_server(server, kIn, kOut);
  EXPECT_EQ(asked(*network).error().code, ErrorCode::Unavailable);
}

TEST(InferenceServer, IsToldOnByItsOwnWords) {
  EXPECT_THAT(error_for(http(404, R"({"error":"unknown model: 'pump'"})")),
              HasSubstr("the server answered 404: unknown model: 'pump'"));
}

TEST(InferenceServer, ThatAnswersNonsenseIsRefused) {
  EXPECT_THAT(error_for(http(200, "<html>")), HasSubstr("no outputs[0].data"));
  EXPECT_THAT(error_for(http(200, R"({"outputs":[{"data":[1]}]})")),
              HasSubstr("holds 1 numbers; the card asks for 1x1x2"));
  EXPECT_THAT(error_for(http(200, R"({"outputs":[{"data":[1,2,3]}]})")), HasSubstr("more than 2"));
  EXPECT_THAT(error_for(http(200, R"({"outputs":[{"data":[1,"x"]}]})")), HasSubstr("no number"));
  EXPECT_THAT(error_for(http(200, R"({"outputs":[{"data":[1,1e300]}]})")), HasSubstr("infinity"));
  EXPECT_THAT(error_for("nonsense\r\n\r\n"), HasSubstr("nobody answers"));
}

TEST(InferenceServer, NeedsAnAddress) {
  CardServer server;
  server.url = "ftp://x";
  EXPECT_FALSE(ask_server(server, kIn, kOut));
  server.url = "http://:80";
  EXPECT_FALSE(ask_server(server, kIn, kOut));
  server.url = "http://x";
  server.model = "a b\r\n";
  EXPECT_FALSE(ask_server(server, kIn, kOut));
}

}  // namespace
}  // namespace gemel::networks
