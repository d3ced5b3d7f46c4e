#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/event_fields.hpp"

namespace gemel {
namespace {

TEST(EventFields, NameEveryMemberOnce) {
  const auto names_of = [](const auto& event) {
    std::multiset<std::string> names;
    for_each_field(event, [&](const char* name, const auto&) { names.insert(name); });
    return names;
  };
  // Counted against aggregate initialisation: a member added without a field name breaks this.
  EXPECT_EQ(names_of(AlarmRaised{}).size(), 14u);
  EXPECT_EQ(names_of(RecommendationMade{}).size(), 13u);
  EXPECT_EQ(names_of(Command{}).size(), 9u);
  const auto names = names_of(AlarmRaised{});
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(EventFields, CanChangeAnEvent) {
  Notice notice;
  for_each_field(notice, [](const char* name, std::string& value) { value = name; });
  EXPECT_EQ(notice.component, "component");
  EXPECT_EQ(notice.text, "text");
}

}  // namespace
}  // namespace gemel
