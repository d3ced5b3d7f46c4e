#include "line_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "plant_layout.hpp"

namespace gemel::bench {
namespace {

void append_integer(std::int64_t value, std::string& text) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

/// A multiple of 0.01 in the shortest form: 12, 12.3, 12.34.
void append_hundredths(double value, std::string& text) {
  auto hundredths = std::llround(value * 100.0);
  if (hundredths < 0) text += '-';
  hundredths = std::abs(hundredths);
  append_integer(hundredths / 100, text);
  const auto rest = static_cast<int>(hundredths % 100);
  if (rest == 0) return;
  text += '.';
  text += static_cast<char>('0' + rest / 10);
  if (rest % 10 != 0) text += static_cast<char>('0' + rest % 10);
}

}  // namespace

LineWriter::LineWriter(std::uint32_t signals) {
  heads_.reserve(signals);
  for (std::uint32_t i = 0; i < signals; ++i) {
    const auto place = place_of(i);
    heads_.push_back(fmt::format("telemetry,site={},line={},asset={},sensor={} v=", place.site,
                                 place.line, place.asset, place.sensor));
  }
}

void LineWriter::append(const Sample& sample, std::string& text) const {
  text += heads_[sample.signal.index];
  append_hundredths(sample.value, text);
  text += ' ';
  append_integer(sample.source_time.ns / 1'000'000, text);
  text += '\n';
}

Bodies bodies_of(const WorkloadOptions& options, std::size_t lines_a_body) {
  Workload workload(options);
  const LineWriter writer(options.signals);
  Bodies bodies;
  std::vector<Sample> arrived;
  while (workload.arrive(arrived)) {
    for (const auto& sample : arrived) {
      if (bodies.lines++ % lines_a_body == 0) {
        if (!bodies.texts.empty()) bodies.texts.back().shrink_to_fit();
        bodies.texts.emplace_back().reserve(lines_a_body * 80);
      }
      writer.append(sample, bodies.texts.back());
    }
    arrived.clear();
  }
  return bodies;
}

}  // namespace gemel::bench
