// CSV bytes through the reader, in pieces of a size that the first byte chooses; the pieces must
// make no difference.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/csv_reader.hpp"
#include "connectors/payload/field.hpp"
#include "connectors/payload/moment.hpp"

namespace {

using gemel::CsvReader;

std::vector<std::string> read(std::string_view text, char separator, std::size_t piece) {
  CsvReader reader("fuzz.csv", separator, [&](std::span<char> to) {
    const auto n = std::min({piece, to.size(), text.size()});
    text.copy(to.data(), n);
    text.remove_prefix(n);
    return n;
  });
  std::vector<std::string> seen;
  std::uint64_t line = 0;
  for (;;) {
    const auto there = reader.next();
    if (there && !*there) return seen;
    GEMEL_CHECK(reader.line() > line);
    line = reader.line();
    if (!there) {
      seen.push_back(there.error().message);
      continue;
    }
    GEMEL_CHECK(!reader.cells().empty());
    for (std::size_t i = 0; i < reader.cells().size(); ++i) {
      const auto cell = reader.cells()[i];
      (void)gemel::connectors::payload::moment_of(cell);
      (void)gemel::connectors::payload::value_of({{}, "", 1.0, 0.0, {"off", "on"}}, cell);
      seen.push_back(reader.place(i).substr(0, 1) + std::string(cell));
    }
    seen.emplace_back("\n");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const char separator = data[0] % 5 == 0 ? ';' : '\0';
  GEMEL_CHECK(read(text, separator, data[0] / 8u + 1) == read(text, separator, 1u << 20));
  return 0;
}
