#include "base/csv_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel {
namespace {

using Table = std::vector<std::vector<std::string>>;

/// A reader that gets `text` in pieces of `piece` bytes.
CsvReader reader_of(std::string text, char separator = 0, std::size_t piece = 7) {
  return {"test.csv", separator,
          [text = std::move(text), piece, at = std::size_t{0}](std::span<char> to) mutable {
            const auto n = std::min({piece, to.size(), text.size() - at});
            text.copy(to.data(), n, at);
            at += n;
            return n;
          }};
}

Table read(CsvReader reader) {
  Table table;
  for (;;) {
    const auto there = reader.next();
    if (there && !*there) return table;
    if (there) table.emplace_back(reader.cells().begin(), reader.cells().end());
  }
}

TEST(CsvReader, SplitsLinesAndCells) {
  EXPECT_EQ(read(reader_of("a,b,c\n1,2,3\n")), (Table{{"a", "b", "c"}, {"1", "2", "3"}}));
}

TEST(CsvReader, NeedsNoLineEndAtTheEnd) {
  EXPECT_EQ(read(reader_of("a,b\n1,2")), (Table{{"a", "b"}, {"1", "2"}}));
}

TEST(CsvReader, KeepsEmptyCellsAndSkipsEmptyLines) {
  EXPECT_EQ(read(reader_of("a,b,c\n\n,,\r\n\r\n1,,")),
            (Table{{"a", "b", "c"}, {"", "", ""}, {"1", "", ""}}));
}

TEST(CsvReader, FindsTheSeparatorOut) {
  EXPECT_EQ(read(reader_of("a;b c;\"d,e\"\n1,5;2;3\n")),
            (Table{{"a", "b c", "d,e"}, {"1,5", "2", "3"}}));
  EXPECT_EQ(detect_separator("time\tflow\tp"), '\t');
  EXPECT_EQ(detect_separator("time|flow"), '|');
  EXPECT_EQ(detect_separator("\"a;b;c\",d"), ',');
  EXPECT_EQ(detect_separator("alone"), ',');
}

TEST(CsvReader, ReadsQuotes) {
  EXPECT_EQ(read(reader_of("\"a,1\",\"say \"\"hi\"\"\",c\r\n\"two\nlines\",,\"\"\n")),
            (Table{{"a,1", "say \"hi\"", "c"}, {"two\nlines", "", ""}}));
  EXPECT_EQ(read(reader_of("5\" pipe,x\n")), (Table{{"5\" pipe", "x"}}));
  EXPECT_EQ(read(reader_of("\"ab\"c,x\n\"a\",\n")), (Table{{"abc", "x"}, {"a", ""}}));
}

TEST(CsvReader, SkipsAByteOrderMark) {
  EXPECT_EQ(read(reader_of("\xEF\xBB\xBF"
                           "a,b\n",
                           0, 1)),
            (Table{{"a", "b"}}));
}

TEST(CsvReader, TellsLineAndColumn) {
  auto reader = reader_of("a,b\n\"x\ny\",2\nfoo,bar\n");
  ASSERT_TRUE(reader.next());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.line(), 2u);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.place(1), "test.csv:4:5");
}

TEST(CsvReader, ReportsAndSkipsWhatIsTooLong) {
  auto reader = reader_of("a,b\n" + std::string(3'000'000, 'x') + "\n1,2\n", 0, 60'000);
  ASSERT_TRUE(reader.next());
  const auto error = reader.next();
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().message.find("test.csv:2:1: the line is longer"), std::string::npos);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.line(), 3u);
  EXPECT_EQ(reader.cells()[1], "2");
}

TEST(CsvReader, ReportsAQuoteThatIsNeverClosedAndGoesOnBehindItsLine) {
  auto reader = reader_of("a,b\n\"x,2\n3,4\n");
  ASSERT_TRUE(reader.next());
  const auto error = reader.next();
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().message.find("test.csv:2:1: a quote is not closed"), std::string::npos);
  ASSERT_TRUE(*reader.next());
  EXPECT_EQ(reader.cells()[0], "3");
  EXPECT_FALSE(*reader.next());
}

TEST(CsvReader, ReadsAnEmptyFile) { EXPECT_TRUE(read(reader_of("")).empty()); }

std::string as_cell(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

RC_GTEST_PROP(CsvReaderProperty, WhatWasQuotedComesBack, ()) {
  const auto cell = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,;\"\n\r ")));
  const auto table = *rc::gen::container<Table>(
      rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(cell)));
  std::string text;
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + as_cell(row[i]);
    text += '\n';
  }
  RC_ASSERT(read(reader_of(text, ',', *rc::gen::inRange<std::size_t>(1, 50))) == table);
}

RC_GTEST_PROP(CsvReaderProperty, PiecesMakeNoDifference, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,;\"\n\r")));
  RC_ASSERT(read(reader_of(text, ',', 1)) == read(reader_of(text, ',', 1'000)));
}

}  // namespace
}  // namespace gemel
