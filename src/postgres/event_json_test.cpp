#include "postgres/detail/event_json.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace gemel::postgres::detail {
namespace {

Result<EventBody> there_and_back(const EventBody& body) {
  return from_json(kind_of(body), to_json(body));
}

TEST(EventJson, KeepsNumbersToTheLastBit) {
  AlarmUpdated alarm{UINT64_MAX, "n", 0.1 + 0.2, {{"s", -0.0, 5e-324, 1.7976931348623157e308}}};
  EXPECT_EQ(*there_and_back(alarm), EventBody(alarm));
  const auto back = std::get<AlarmUpdated>(*there_and_back(alarm));
  EXPECT_TRUE(std::signbit(back.drivers[0].contribution));
  alarm.score = std::numeric_limits<double>::infinity();
  EXPECT_EQ(*there_and_back(alarm), EventBody(alarm));
  EXPECT_EQ(*there_and_back(AlarmShelved{1, Timestamp::min(), "", ""}),
            EventBody(AlarmShelved{1, Timestamp::min(), "", ""}));
}

TEST(EventJson, KeepsTextThatIsNone) {
  for (const std::string& text :
       {std::string("\0", 1), std::string("\xff"), std::string("\xed\xa0\x80"),
        std::string("\xc0\x80"), std::string("caf\xc3\xa9 \xf0\x9f\x92\xa7 \"\\\n"),
        std::string("\xe2\x82")}) {
    const EventBody notice = Notice{text, text};
    EXPECT_EQ(*there_and_back(notice), notice);
  }
}

TEST(EventJson, NamesWhatSqlWillAskFor) {
  const auto json = to_json(CommandEnded{7, CommandResult::Confirmed, 1.5, "ok"});
  EXPECT_EQ(json, "{\"command\":7,\"result\":\"" +
                      std::string(to_string(CommandResult::Confirmed)) +
                      "\",\"feedback\":1.5,\"detail\":\"ok\"}");
}

TEST(EventJson, ReadsOlderAndNewerEvents) {
  EXPECT_EQ(*from_json("Notice", "{\"text\":\"t\",\"colour\":[1,{}]}"), EventBody(Notice{"", "t"}));
}

TEST(EventJson, RefusesWhatIsNoEvent) {
  for (const auto& [kind, json] : {std::pair{"Notice", "{"},
                                   {"Notice", "[]"},
                                   {"Notice", "{\"text\":1}"},
                                   {"Noise", "{}"},
                                   {"AlarmCleared", "{\"alarm\":-1}"},
                                   {"AlarmCleared", "{\"alarm\":1.5}"},
                                   {"CommandEnded", "{\"result\":\"perhaps\"}"},
                                   {"AlarmShelved", "{\"until\":18446744073709551615}"}}) {
    EXPECT_EQ(from_json(kind, json).error().code, ErrorCode::Corruption) << json;
  }
}

}  // namespace
}  // namespace gemel::postgres::detail
