// Columns from hostile bytes: nothing outside them may be touched. What they hold is written again,
// and then the ways of reading it agree: all at once, the first numbers, one by one, by looking for
// it.
//
// The first byte is the count, the second says what the rest is: even a column, odd values.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "history/detail/columns.hpp"

namespace {

using namespace gemel;
using namespace gemel::history::detail;

void expect(bool so) {
  if (!so) std::abort();
}

void read_numbers(std::string_view bytes, std::size_t count) {
  ByteReader in(bytes);
  const auto view = ColumnView::open(in, count, 1'000);
  if (!in.ok()) return expect(view.count() == 0);
  std::vector<std::int64_t> all(count);
  view.decode(all);
  for (std::size_t i = 0; i < count; ++i) (void)view.at(i);
  for (const auto limit : {INT64_MIN, INT64_MAX, all.empty() ? 0 : all[count / 2]})
    expect(view.upper_bound(limit) <= count);
  // What was read, however odd, can be written and read back.
  ByteWriter out;
  write_column(out, all, -5);
  ByteReader back(out.bytes()), partly(out.bytes());
  expect(read_column(back, count, -5) == all && back.finished());
  const auto again = ColumnView::open(partly, count, -5);
  std::vector<std::int64_t> half(count / 2);
  again.decode(half);
  expect(std::equal(half.begin(), half.end(), all.begin()));
  for (std::size_t i = 0; i < count; ++i) expect(again.at(i) == all[i]);
  if (!std::is_sorted(all.begin(), all.end())) return;
  for (const auto limit : all)
    expect(again.upper_bound(limit) ==
           static_cast<std::size_t>(std::upper_bound(all.begin(), all.end(), limit) - all.begin()));
}

void read_doubles(std::string_view bytes, std::size_t count) {
  ByteReader in(bytes);
  const auto view = ValuesView::open(in, count);
  if (!in.ok()) return expect(view.count() == 0);
  std::vector<double> all(count), again(count);
  view.decode(all);
  for (std::size_t i = 0; i < count; ++i) (void)view.at(i);
  ByteWriter out;
  write_values(out, all);
  ByteReader back(out.bytes());
  read_values(back, again);
  expect(back.finished());
  for (std::size_t i = 0; i < count; ++i)
    expect(std::bit_cast<std::uint64_t>(again[i]) == std::bit_cast<std::uint64_t>(all[i]));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  if (data[1] % 2 == 0)
    read_numbers(bytes, data[0]);
  else
    read_doubles(bytes, data[0]);
  return 0;
}
