#include "connectors/payload/command_message.hpp"

#include <gtest/gtest.h>

namespace gemel::connectors::payload {
namespace {

TEST(CommandMessage, WritesWhatThePlantReads) {
  Command command;
  command.id = 17;
  command.value = 1450.5;
  command.unit = "rpm";
  command.issued = {1'700'000'000'123'000'000};
  command.expires = {1'700'000'030'123'000'000};
  command.by = "anna \"night\" shift";
  command.reason = "line\nbreak \\";
  EXPECT_EQ(
      write_command(command),
      R"({"id":"17","value":1450.5,"unit":"rpm","issued":1700000000123,"expires":1700000030123,)"
      R"("by":"anna \"night\" shift","reason":"line\u000abreak \\"})");
}

TEST(CommandMessage, ReadsAnswers) {
  const auto reply = read_reply(R"({"id":"17","accepted":false,"reason":"local mode","value":3})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->command, 17u);
  EXPECT_FALSE(reply->accepted);
  EXPECT_EQ(reply->detail, "local mode");
  EXPECT_EQ(read_reply(R"({"id":18,"accepted":true})")->command, 18u);
}

TEST(CommandMessage, RefusesAnswersThatNameNoCommandOrVerdict) {
  for (const auto* bytes : {"", "[]", "{}", R"({"id":"x","accepted":true})", R"({"id":"17"})",
                            R"({"id":"17","accepted":"yes"})", R"({"id":"-1","accepted":true})"}) {
    EXPECT_FALSE(read_reply(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace gemel::connectors::payload
