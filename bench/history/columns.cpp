// The codec of the history's columns on chunks like a plant's: nanoseconds and bytes a number.
//
//   bench_columns [numbers a chunk, default 128] [channels, default 4000]

#include "history/detail/columns.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace {

using gemel::ByteReader;
using gemel::ByteWriter;
using gemel::Random;
using namespace gemel::history::detail;

using Times = std::vector<std::int64_t>;
using Values = std::vector<double>;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kStart = 1'767'225'600'000 * kMillisecond;

/// Log-uniform from `low` to `high`.
double scale(Random& random, double low, double high) {
  return low * std::pow(high / low, random.uniform());
}

/// Once a second, early or late by 2 ms or so, some missing.
Times sampling_times(Random& random, std::size_t count) {
  Times times;
  const auto phase = static_cast<std::int64_t>(random.below(1000));
  for (std::int64_t second = 0; times.size() < count; ++second) {
    const auto jitter = std::llround(std::clamp(2 * random.normal(), -20.0, 20.0));
    if (random.uniform() >= 0.005)
      times.push_back(kStart + (second * 1000 + phase + jitter) * kMillisecond);
  }
  return times;
}

/// Events at any time.
Times event_times(Random& random, std::size_t count) {
  Times times;
  auto now = static_cast<double>(kStart);
  while (times.size() < count)
    times.push_back(static_cast<std::int64_t>(now += -1e9 * std::log(1.0 - random.uniform())));
  return times;
}

/// A slow level under sensor noise, in hundredths.
Values floats(Random& random, std::size_t count) {
  const double mean = 10 + 490 * random.uniform();
  const double pull = 0.001 + 0.02 * random.uniform();
  const double drift = scale(random, 0.01, 0.2);
  const double noise = scale(random, 0.01, 0.5);
  double level = mean;
  Values values;
  while (values.size() < count) {
    level += pull * (mean - level) + drift * random.normal();
    values.push_back(std::round((level + noise * random.normal()) * 100) / 100);
  }
  return values;
}

/// Poisson counts, added up.
Values counters(Random& random, std::size_t count) {
  const double rate = scale(random, 0.1, 100);
  double sum = std::floor(1e6 * random.uniform());
  Values values;
  while (values.size() < count) {
    // Knuth's product of uniform numbers, in slices that don't underflow.
    for (double left = rate; left > 0; left -= 10) {
      const double limit = std::exp(-std::min(left, 10.0));
      for (double product = random.uniform(); product > limit; product *= random.uniform()) ++sum;
    }
    values.push_back(sum);
  }
  return values;
}

Values set_points(Random& random, std::size_t count) {
  const auto choose = [&] { return std::floor(400 * random.uniform()) / 2; };
  double value = choose();
  Values values;
  while (values.size() < count) {
    if (random.uniform() < 0.002) value = choose();
    values.push_back(value);
  }
  return values;
}

/// What a program computed: no decimals.
Values computed(Random& random, std::size_t count) {
  auto values = floats(random, count);
  for (auto& value : values) value /= 3;
  return values;
}

/// Measured in single precision.
Values singles(Random& random, std::size_t count) {
  auto values = computed(random, count);
  for (auto& value : values) value = static_cast<float>(value);
  return values;
}

template <class Work>
double ns(std::size_t times, Work work) {
  double best = INFINITY;
  for (int run = 0; run < 7; ++run) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / static_cast<double>(times));
  }
  return best;
}

std::uint64_t g_sink = 0;  // so that nothing is computed in vain

template <class Number>
struct Chunk {
  std::vector<Number> numbers;
  std::string bytes;
};

void write(ByteWriter& out, const Times& times) { write_column(out, times, times[0]); }
void write(ByteWriter& out, const Values& values) { write_values(out, values); }
ColumnView open(ByteReader& in, const Times& times) {
  return ColumnView::open(in, times.size(), times[0]);
}
ValuesView open(ByteReader& in, const Values& values) {
  return ValuesView::open(in, values.size());
}

template <class Number>
double measure(const char* name, std::vector<Chunk<Number>> chunks) {
  std::size_t numbers = 0, bytes = 0;
  for (auto& chunk : chunks) {
    ByteWriter out;
    write(out, chunk.numbers);
    chunk.bytes = out.take();
    numbers += chunk.numbers.size();
    bytes += chunk.bytes.size();
  }
  ByteWriter out;
  const double encode = ns(numbers, [&] {
    for (const auto& chunk : chunks) {
      out.clear();
      write(out, chunk.numbers);
    }
    g_sink += out.size();
  });
  std::vector<Number> room(chunks[0].numbers.size());
  const double decode = ns(numbers, [&] {
    for (const auto& chunk : chunks) {
      ByteReader in(chunk.bytes);
      open(in, chunk.numbers).decode(std::span(room).first(chunk.numbers.size()));
      g_sink += static_cast<std::uint64_t>(room[0] != Number{});
    }
  });
  Random random(1);
  std::vector<std::size_t> places;
  for (const auto& chunk : chunks) places.push_back(random.below(chunk.numbers.size()));
  const double look_up = ns(chunks.size(), [&] {
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      ByteReader in(chunks[i].bytes);
      g_sink += static_cast<std::uint64_t>(open(in, chunks[i].numbers).at(places[i]) != Number{});
    }
  });
  const auto size = static_cast<double>(bytes) / static_cast<double>(numbers);
  std::printf("%-18s %10.2f %10.2f %12.1f %14.3f\n", name, encode, decode, look_up, size);
  return size;
}

template <class Number, class Make>
std::vector<Chunk<Number>> make(Make make_numbers, std::size_t count, std::size_t channels) {
  Random random(42);
  std::vector<Chunk<Number>> chunks;
  for (std::size_t i = 0; i < channels; ++i) chunks.push_back({make_numbers(random, count), {}});
  return chunks;
}

/// What a rewind does of every signal: which is the last sample until then, and its value.
double rewind_ns(std::size_t count, std::size_t channels) {
  std::vector<std::string> bytes;
  std::vector<std::int64_t> firsts;
  Random random(42);
  for (std::size_t i = 0; i < channels; ++i) {
    const auto times = sampling_times(random, count);
    const auto kind = random.uniform();
    ByteWriter out;
    write(out, times);
    write(out, kind < 0.65   ? floats(random, count)
               : kind < 0.85 ? counters(random, count)
                             : set_points(random, count));
    bytes.push_back(out.take());
    firsts.push_back(times[0]);
  }
  const auto moment = kStart + static_cast<std::int64_t>(count) * 700 * kMillisecond;
  return ns(channels, [&] {
    for (std::size_t i = 0; i < channels; ++i) {
      ByteReader in(bytes[i]);
      const auto until = ColumnView::open(in, count, firsts[i]).upper_bound(moment);
      const auto values = ValuesView::open(in, count);
      if (until > 0) g_sink += values.at(until - 1) > 0 ? 1 : 0;
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 128);
  const auto channels = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 4000);
  if (count == 0 || channels == 0) {
    std::fprintf(stderr, "usage: %s [NUMBERS A CHUNK] [CHANNELS], both at least 1\n", argv[0]);
    return 2;
  }
  std::printf("%zu chunks of %zu numbers of each kind; best of 7 runs\n", channels, count);
  std::printf("%-18s %10s %10s %12s %14s\n", "", "encode", "decode", "open + at", "size");
  std::printf("%-18s %10s %10s %12s %14s\n", "", "ns/number", "ns/number", "ns", "bytes/number");
  measure("sampling times", make<std::int64_t>(sampling_times, count, channels));
  measure("event times", make<std::int64_t>(event_times, count, channels));
  const auto slow = measure("noisy floats", make<double>(floats, count, channels));
  const auto sums = measure("counters", make<double>(counters, count, channels));
  const auto rare = measure("set points", make<double>(set_points, count, channels));
  measure("computed doubles", make<double>(computed, count, channels));
  measure("single precision", make<double>(singles, count, channels));
  std::printf(
      "values of a plant (65 %% floats, 20 %% counters, 15 %% set points): %.3f bytes each\n",
      0.65 * slow + 0.20 * sums + 0.15 * rare);
  std::printf("rewind of a signal (open both columns, find the time, read a value): %.0f ns\n",
              rewind_ns(count, channels));
  return g_sink == 0 ? 1 : 0;
}
