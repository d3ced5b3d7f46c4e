#include "api/detail/writes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

namespace gemel::api {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

/// Remembers what was written to it, and answers as it was told to.
class FakeEndpoint final : public WriteEndpoint {
 public:
  explicit FakeEndpoint(std::string bucket) : bucket_(std::move(bucket)) {}
  const std::string& name() const override { return bucket_; }
  const std::string& bucket() const override { return bucket_; }
  Result<Written> write(std::string_view body, Duration time_unit) override {
    last_body = body;
    last_unit = time_unit;
    return answer;
  }
  bool wait_durable(Ticket, Duration, std::stop_token) override { return true; }

  std::string last_body;
  Duration last_unit;
  Result<Written> answer = Written{.taken = 1, .dropped = 0, .trouble = "", .ticket = 7};

 private:
  std::string bucket_;
};

std::string gzipped(const std::string& text) {
  std::string out(text.size() + 1'000, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class WritesTest : public ::testing::Test {
 protected:
  static HttpRequest request(std::string target, std::string body = "m v=1") {
    HttpRequest made;
    made.method = "POST";
    made.target = std::move(target);
    made.body = std::move(body);
    made.host = "localhost:8080";
    return made;
  }
  BegunWrite begin(const HttpRequest& asked) { return Writes(endpoints(), open_).begin(asked); }
  BegunWrite begin_guarded(const HttpRequest& asked) {
    return Writes(endpoints(), guarded_).begin(asked);
  }
  std::vector<WriteEndpoint*> endpoints() { return {&any_, &north_}; }

  FakeEndpoint any_{""}, north_{"north"};
  Gatekeeper open_{{}}, guarded_{{{"a-token-of-some-length", "telegraf"}}};
};

TEST_F(WritesTest, AreTheTwoWriteRoutesOnly) {
  EXPECT_TRUE(Writes::takes("POST", "/write"));
  EXPECT_TRUE(Writes::takes("POST", "/api/v2/write?bucket=b"));
  EXPECT_FALSE(Writes::takes("GET", "/write"));
  EXPECT_FALSE(Writes::takes("POST", "/writes"));
  EXPECT_FALSE(Writes::takes("POST", "/api/v1/whatif"));
}

TEST_F(WritesTest, WaitForTheTicketBeforeA204) {
  const auto begun = begin(request("/api/v2/write?org=o&bucket=b&precision=ms"));
  EXPECT_EQ(begun.response.status, 204);
  EXPECT_EQ(begun.response.body, "");
  EXPECT_EQ(begun.ticket, 7u);
  EXPECT_EQ(begun.endpoint, &any_);
  EXPECT_EQ(any_.last_body, "m v=1");
  EXPECT_EQ(any_.last_unit, Duration::milliseconds(1));
}

TEST_F(WritesTest, GoToTheSourceThatNamesTheirBucket) {
  for (const auto* target :
       {"/api/v2/write?bucket=north", "/api/v2/write?bucket=north/autogen", "/write?db=north"}) {
    EXPECT_EQ(begin(request(target)).endpoint, &north_) << target;
  }
  EXPECT_EQ(begin(request("/write?db=south")).endpoint, &any_);
  const auto lost = Writes({&north_}, open_).begin(request("/write?db=south"));
  EXPECT_EQ(lost.response.status, 404);
  EXPECT_THAT(lost.response.body, HasSubstr("'south'"));
}

TEST_F(WritesTest, KnowEachVersionsPrecisions) {
  const auto unit = [&](const std::string& target) {
    return begin(request(target)).response.status == 204 ? any_.last_unit : Duration{};
  };
  EXPECT_EQ(unit("/write"), Duration::nanoseconds(1));
  EXPECT_EQ(unit("/write?precision=u"), Duration::microseconds(1));
  EXPECT_EQ(unit("/write?precision=m"), Duration::minutes(1));
  EXPECT_EQ(unit("/write?precision=h"), Duration::hours(1));
  EXPECT_EQ(unit("/api/v2/write?precision=us"), Duration::microseconds(1));
  EXPECT_EQ(unit("/api/v2/write?precision=s"), Duration::seconds(1));
  EXPECT_EQ(unit("/api/v2/write?precision=m"), Duration{}) << "minutes are the first version's";
}

TEST_F(WritesTest, TellOfPartialWritesInTheWordsOfTheirVersion) {
  any_.answer = Written{.taken = 4,
                        .dropped = 2,
                        .trouble = "line 3, column 5: what",
                        .trouble_line = 3,
                        .ticket = 9};
  const auto v2 = begin(request("/api/v2/write"));
  EXPECT_EQ(v2.response.status, 400);
  EXPECT_EQ(v2.ticket, 9u) << "the good lines are to be durable before the answer";
  const auto body = Json::parse(v2.response.body);
  EXPECT_EQ(body["code"], "invalid");
  EXPECT_EQ(body["message"], "partial write: line 3, column 5: what dropped=2");
  EXPECT_EQ(body["line"], 3);
  const auto v1 = Json::parse(begin(request("/write")).response.body);
  EXPECT_EQ(v1, Json({{"error", "partial write: line 3, column 5: what dropped=2"}}));
}

TEST_F(WritesTest, MayBeCompressed) {
  auto asked = request("/write", gzipped("m v=1\nm v=2\n"));
  asked.content_encoding = "gzip";
  EXPECT_EQ(begin(asked).response.status, 204);
  EXPECT_EQ(any_.last_body, "m v=1\nm v=2\n");
  asked.body = "no gzip";
  EXPECT_EQ(begin(asked).response.status, 400);
  asked.body = gzipped("m v=1\n").substr(0, 15);
  EXPECT_EQ(begin(asked).response.status, 400);
  asked.body = gzipped(std::string(Writes::kBodyMax + 1, ' '));
  EXPECT_EQ(begin(asked).response.status, 413) << "small as sent, large when inflated";
  asked.content_encoding = "br";
  EXPECT_EQ(begin(asked).response.status, 400);
}

TEST_F(WritesTest, TakeTokensWhereverCollectorsPutThem) {
  EXPECT_EQ(begin_guarded(request("/write")).response.status, 401);
  EXPECT_EQ(begin_guarded(request("/api/v2/write")).response.status, 401);
  for (const auto* authorization : {"Token a-token-of-some-length", "Bearer a-token-of-some-length",
                                    "Basic YW55Ym9keTphLXRva2VuLW9mLXNvbWUtbGVuZ3Ro"}) {
    auto asked = request("/api/v2/write");
    asked.authorization = authorization;
    EXPECT_EQ(begin_guarded(asked).response.status, 204) << authorization;
    asked.authorization += "x";
    EXPECT_EQ(begin_guarded(asked).response.status, 401) << authorization;
  }
  EXPECT_EQ(begin_guarded(request("/write?u=x&p=a-token-of-some-length")).response.status, 204);
  EXPECT_EQ(begin_guarded(request("/write?u=x&p=another")).response.status, 401);
}

TEST_F(WritesTest, AreRefusedToForeignPagesAndHosts) {
  auto asked = request("/write");
  asked.origin = "http://elsewhere.example";
  EXPECT_EQ(begin(asked).response.status, 403);
  asked = request("/write");
  asked.host = "rebound.example";
  EXPECT_EQ(begin(asked).response.status, 403);
}

TEST_F(WritesTest, AreToBeTriedAgainWhenThereIsNoRoom) {
  any_.answer = Error{ErrorCode::Unavailable, "busy"};
  const auto begun = begin(request("/api/v2/write"));
  EXPECT_EQ(begun.response.status, 503);
  EXPECT_EQ(begun.ticket, 0u);
  EXPECT_THAT(begun.response.headers,
              ::testing::Contains(std::pair<std::string, std::string>("Retry-After", "1")));
}

}  // namespace
}  // namespace gemel::api
