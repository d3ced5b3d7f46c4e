// Ways that look at little, held to those that look at everything.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "history/detail/group.hpp"
#include "history/detail/heads.hpp"
#include "history/detail/packed_sums.hpp"

namespace gemel::history::detail {
namespace {

class Bytes final : public ReadableFile {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::string> read(std::uint64_t offset, std::size_t size) const override {
    return bytes_.substr(offset, size);
  }
  Result<void> read_into(std::uint64_t offset, std::span<char> bytes) const override {
    bytes_.copy(bytes.data(), bytes.size(), offset);
    return {};
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string bytes_;
};

using Series = std::vector<std::vector<Entry>>;

/// Noisy decimals, anything, or steps; some late, some missing, some twice, some doubtful.
Series some_series(Random& random, std::size_t count, std::uint32_t frames) {
  Series all(count);
  for (std::size_t s = 0; s < count; ++s) {
    if (s % 7 == 3) continue;
    const auto odd = s % 5;
    double level = random.uniform(-100, 100);
    for (std::uint32_t i = 0; i < frames; ++i) {
      level += 0.3 * random.normal();
      if (random.uniform() < 0.05) continue;
      Entry entry;
      entry.source_time = {1'000'000'000LL * i +
                           1'000'000 * static_cast<std::int64_t>(std::lround(random.normal() * 3))};
      entry.value = odd == 1   ? level / 3
                    : odd == 2 ? std::floor(level / 10)
                               : std::round(level * 100) / 100;
      entry.frame = std::min(frames - 1, i + (random.uniform() < 0.05 ? 4u : 1u));
      if (odd == 3 && random.uniform() < 0.1) entry.quality.grade = Grade::Uncertain;
      if (odd == 4 && random.uniform() < 0.02) entry.quality.grade = Grade::Missing;
      all[s].push_back(entry);
      if (odd == 4 && random.uniform() < 0.02) {
        entry.frame = std::min(frames - 1, entry.frame + 2);
        all[s].push_back(entry);
      }
    }
    std::ranges::stable_sort(all[s], [](const Entry& a, const Entry& b) {
      return std::pair(a.source_time, a.frame) < std::pair(b.source_time, b.frame);
    });
  }
  return all;
}

EncodedGroup encoded(const Series& series, std::span<const Timestamp> frames) {
  return encode_group(
      {frames, series.size(), [&](std::uint32_t i) { return std::span<const Entry>(series[i]); }},
      Beliefs(series.size()));
}

struct AGroup {
  explicit AGroup(std::uint64_t seed) {
    Random random(seed);
    for (std::uint32_t i = 0; i < 700; ++i) frames.push_back({1'000'000'000LL * i + 20'000'000});
    series = some_series(random, 150, 700);
    encoded = detail::encoded(series, frames);
    encoded.info.frame_places.offset = 0;
  }
  std::vector<Timestamp> frames;
  Series series;
  EncodedGroup encoded;
};

bool same_head(const ChunkInfo& a, const ChunkInfo& b) {
  return a.count == b.count && a.gaps == b.gaps && a.first == b.first && a.last == b.last &&
         a.first_frame == b.first_frame && a.last_frame == b.last_frame &&
         a.distinct == b.distinct && a.plain == b.plain && a.on_time == b.on_time &&
         a.offset == b.offset && a.size == b.size;
}

TEST(PackedSums, AreThoseOfTheUnpackedNumbers) {
  Random random(1);
  for (unsigned width = 0; width <= kSummedWidthMax; ++width) {
    for (unsigned shift = 0; shift <= std::min(width, 3u); ++shift) {
      for (const std::size_t count : {1u, 3u, 4u, 8u, 9u, 127u, 1000u}) {
        const auto base =
            static_cast<std::uint64_t>(static_cast<std::int64_t>(random.below(99)) - 50);
        std::vector<std::uint64_t> numbers(count);
        for (auto& n : numbers) n = random.next() & low_bits(width);
        if (count == 1000) numbers.assign(count, low_bits(width));
        ByteWriter out;
        BitPacker packer(out, count, width);
        for (const auto n : numbers) packer.put(n);
        packer.finish();
        ByteReader in(out.bytes());
        const auto packed = PackedBits::open(in, count, width);
        for (const auto first : {count, count / 2, count - 1}) {
          PackedSums expected;
          for (std::size_t i = 0; i < first; ++i) {
            expected.whole += base + numbers[i];
            expected.remainders += (base + numbers[i]) & low_bits(shift);
          }
          const auto sums = packed_sums(packed, first, base, shift);
          ASSERT_EQ(sums.whole, expected.whole) << width << ' ' << shift << ' ' << first;
          ASSERT_EQ(sums.remainders, expected.remainders) << width << ' ' << shift << ' ' << first;
        }
      }
    }
  }
}

TEST(HeadsOfOneSeries, AreThoseInItsBlock) {
  const AGroup made(2);
  const Bytes file(made.encoded.bytes);
  const Group group(file, made.encoded.info);
  for (std::uint32_t i = 0; i < made.series.size() + 100; ++i) {
    const auto some = group.heads_of(i, Summaries::All);
    const auto counted = group.heads_of(i, Summaries::None);
    ASSERT_TRUE(some && counted) << i;
    if (!group.has_heads(i / kSeriesPerBlock)) {
      EXPECT_TRUE(some->empty());
      continue;
    }
    const auto block = group.heads(i / kSeriesPerBlock);
    ASSERT_TRUE(block);
    const auto expected = block->of(i % kSeriesPerBlock);
    ASSERT_EQ(some->size(), expected.size());
    ASSERT_EQ(counted->size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
      EXPECT_TRUE(same_head((*some)[k], expected[k])) << i;
      EXPECT_TRUE(same_head((*counted)[k], expected[k])) << i;
      EXPECT_EQ((*some)[k].summary, expected[k].summary) << i;
    }
  }
}

TEST(HeadsOfOneSeries, NameTheDamagedBlock) {
  const AGroup made(3);
  const auto& info = made.encoded.info;
  for (std::uint64_t at = 0; at < info.heads_size; at += 37) {
    auto bytes = made.encoded.bytes;
    bytes[info.heads_offset() + at] ^= 0x10;
    const Bytes file(bytes);
    const Group group(file, info);
    const auto hit = std::upper_bound(info.heads_ends.begin(), info.heads_ends.end(),
                                      static_cast<std::int64_t>(at)) -
                     info.heads_ends.begin();
    const auto series = static_cast<std::uint32_t>(hit * std::ptrdiff_t{kSeriesPerBlock});
    const auto some = group.heads_of(series, Summaries::All);
    const auto all = group.heads(static_cast<std::size_t>(hit));
    ASSERT_FALSE(some);
    ASSERT_FALSE(all);
    EXPECT_EQ(some.error().message, all.error().message);
  }
}

/// Calls `with(chunk, bytes, frames)` for every chunk of the group.
template <class With>
void each_chunk(const AGroup& made, With with) {
  const Bytes file(made.encoded.bytes);
  const Group group(file, made.encoded.info);
  auto frames = group.frames();
  for (std::uint32_t i = 0; i < made.series.size(); ++i) {
    const auto heads = group.heads_of(i, Summaries::All);
    ASSERT_TRUE(heads);
    for (const auto& head : *heads) {
      const auto bytes = group.chunk_bytes(head);
      ASSERT_TRUE(bytes);
      with(head, *bytes, frames);
    }
  }
}

TEST(NewestOfAChunk, IsThatOfAllItsEntries) {
  const AGroup made(4);
  Random random(5);
  ChunkDecoder looking, decoding;
  each_chunk(made, [&](const ChunkInfo& head, std::string_view bytes, Frames& frames) {
    if (head.gaps > 0 || !head.distinct) return;
    for (int turn = 0; turn < 20; ++turn) {
      const auto span = static_cast<std::uint64_t>(head.last.ns - head.first.ns);
      const Timestamp at{head.first.ns +
                         static_cast<std::int64_t>(random.below(span + span / 8 + 1))};
      const auto visible = turn % 2 == 0 ? 700u : static_cast<std::uint32_t>(random.below(701));
      const auto found = looking.newest(bytes, head, at, visible, frames);
      const auto entries = decoding.decode_until(bytes, head, at, frames);
      ASSERT_TRUE(found && entries);
      Newest expected;
      find_newest(*entries, at, visible, false, expected);
      ASSERT_EQ(*found, expected.value);
    }
  });
}

TEST(Stretches, HoldAndComeToWhatTheEntriesDo) {
  const AGroup made(6);
  ChunkDecoder looking, decoding;
  each_chunk(made, [&](const ChunkInfo& head, std::string_view bytes, Frames& frames) {
    const auto stretch = looking.stretch(bytes, head);
    const auto entries = decoding.decode(bytes, head, frames);
    ASSERT_TRUE(stretch && entries);
    ASSERT_EQ(stretch->times.size(), entries->size());
    const TimeRange range{head.first + Duration::seconds(7), head.last + Duration::seconds(9)};
    if (range.from >= range.until) return;
    for (const std::size_t count : {1u, 7u, 1000u}) {
      Buckets by_stretch(range, count), by_record(range, count);
      by_stretch.add(*stretch);
      for (const auto& entry : within(*entries, range))
        by_record.add({entry.source_time, {}, entry.value, entry.quality});
      const auto some = by_stretch.finish(), expected = by_record.finish();
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(some[i].count, expected[i].count);
        EXPECT_EQ(some[i].bad, expected[i].bad);
        EXPECT_EQ(some[i].min, expected[i].min);
        EXPECT_EQ(some[i].max, expected[i].max);
        EXPECT_EQ(some[i].first, expected[i].first);
        EXPECT_EQ(some[i].last, expected[i].last);
        EXPECT_NEAR(some[i].mean, expected[i].mean, 1e-9 * (1.0 + std::abs(expected[i].mean)));
      }
    }
  });
}

TEST(DamagedChunks, AreNeverTakenForWhole) {
  const AGroup made(7);
  ChunkDecoder decoder;
  each_chunk(made, [&](const ChunkInfo& head, std::string_view bytes, Frames& frames) {
    auto damaged = std::string(bytes);
    damaged[damaged.size() / 2] ^= 4;
    EXPECT_FALSE(decoder.newest(damaged, head, head.last, 700, frames));
    EXPECT_FALSE(decoder.stretch(damaged, head));
    EXPECT_FALSE(decoder.decode(damaged, head, frames));
  });
}

}  // namespace
}  // namespace gemel::history::detail
