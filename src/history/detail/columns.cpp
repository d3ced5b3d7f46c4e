#include "history/detail/columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "history/detail/column_cursor.hpp"
#include "history/detail/packed_sums.hpp"

namespace gemel::history::detail {

ColumnView ColumnView::open(ByteReader& in, std::size_t count, std::int64_t reference) {
  ColumnView view;
  if (count > kColumnMax) in.fail();
  if (count == 0 || !in.ok()) return view;
  const auto tag = in.fixed<std::uint8_t>();
  view.count_ = count;
  view.prediction_ = static_cast<Prediction>(tag & kPredictionMask);
  if (view.prediction_ == Prediction::Constant)
    view.open_constant(in, tag, reference);
  else
    view.open_head(in, tag, reference);
  if (!in.ok()) view = {};
  return view;
}

void ColumnView::open_constant(ByteReader& in, unsigned tag, std::int64_t reference) {
  first_ = static_cast<std::uint64_t>(reference);
  if ((tag & kNearbyFlag) != 0) return;
  const auto code = tag >> kStepShift;
  const auto step = code == kExplicitStep ? in.varint() : kSteps[code];
  first_ += static_cast<std::uint64_t>(in.signed_varint()) * step;
}

void ColumnView::open_head(ByteReader& in, unsigned tag, std::int64_t reference) {
  const auto second_tag = in.fixed<std::uint8_t>();
  const unsigned width = second_tag & kWidthMask;
  const auto code = tag >> kStepShift;
  step_ = code == kExplicitStep ? in.varint() : kSteps[code];
  first_ = static_cast<std::uint64_t>(in.signed_varint());
  if ((second_tag & kFirstInSteps) != 0) first_ *= step_;
  first_ += static_cast<std::uint64_t>(reference);
  if (width > 64 || numbers_in_head(prediction_) > count_) in.fail();
  if (!in.ok()) return;
  if (prediction_ == Prediction::Difference)
    second_ = static_cast<std::uint64_t>(in.signed_varint());
  if (is_level(prediction_) || prediction_ == Prediction::Difference)
    base_ = static_cast<std::uint64_t>(in.signed_varint());
  body_.width = width;
  if (prediction_ == Prediction::Pace) open_pace(in);
  if ((tag & kPatchedFlag) != 0) open_patches(in);
  body_ = PackedBits::open(in, body_count(), width);
}

void ColumnView::open_pace(ByteReader& in) {
  const unsigned code = in.fixed<std::uint8_t>();
  bool has_skips = false;
  if (code < kExplicitPace) {
    pace_ = coded_pace(code % kPaceCodes);
    has_skips = code >= kPaceCodes;
  } else {
    const unsigned fraction = in.fixed<std::uint8_t>();
    pace_fraction_ = fraction / 2;
    has_skips = fraction % 2 != 0;
    pace_ = in.varint();
    if (pace_fraction_ > kPaceFractionMax) in.fail();
  }
  if (!has_skips || !in.ok()) return;
  const auto head = in.varint();
  const unsigned width = head % 2 != 0 ? in.fixed<std::uint8_t>() : 0;
  skips_count_ = static_cast<std::size_t>(head / 2) + 1;
  skip_width_ = width;
  const auto whole = position_width(count_) + skip_width_;
  if (skips_count_ > count_ || whole > 64) in.fail();
  skips_ = PackedBits::open(in, skips_count_, whole);
}

void ColumnView::open_patches(ByteReader& in) {
  const auto head = in.varint();
  patch_width_ = static_cast<unsigned>(head % 4) + 1;
  if (patch_width_ > kExplicitPatchWidth) patch_width_ = in.fixed<std::uint8_t>();
  patches_count_ = static_cast<std::size_t>(head / 4) + 1;
  const auto whole = position_width(body_count()) + patch_width_;
  // Patches stand above the body's bits, and above 64 there is nothing.
  if (patches_count_ > body_count() || patch_width_ == 0 || patch_width_ + body_.width > 64 ||
      whole > 64)
    in.fail();
  patches_ = PackedBits::open(in, patches_count_, whole);
}

bool ColumnView::random_access() const {
  return prediction_ == Prediction::Constant || prediction_ == Prediction::Plain ||
         prediction_ == Prediction::Pace;
}

std::uint64_t ColumnView::body(std::size_t i) const {
  const auto word = body_[i];
  return patches_count_ == 0 ? word : word + patch_at(i);
}

std::uint64_t ColumnView::patch_at(std::size_t i) const {
  const auto patch = patches_.lower_bound(patches_count_, i << patch_width_);
  if (patch == patches_count_) return 0;
  const auto entry = patches_[patch];
  if (entry >> patch_width_ != i) return 0;
  return patched_high(entry & low_bits(patch_width_), patch_width_) << body_.width;
}

std::uint64_t ColumnView::place(std::size_t i) const {
  if (skips_count_ == 0) return i;
  const auto skip = skips_.lower_bound(skips_count_, (i + 1) << skip_width_);
  if (skip == 0) return i;
  return i + skip + (skips_[skip - 1] & low_bits(skip_width_));
}

std::int64_t ColumnView::at(std::size_t i) const {
  std::uint64_t steps = 0;
  switch (prediction_) {
    case Prediction::Constant:
      break;
    case Prediction::Plain:
      steps = body(i);
      break;
    case Prediction::Pace:
      steps = on_pace(place(i)) + body(i);
      break;
    case Prediction::Difference:
      return decoded(i);
    default:
      steps = level_steps(i);
  }
  return static_cast<std::int64_t>(first_ + step_ * steps);
}

/// x(i) = p(i - 1) + e(i - 1), and p is a sum: no number waits for another.
std::uint64_t ColumnView::level_steps(std::size_t i) const {
  const auto shift = smoothing(prediction_);
  if (i == 0) return 0;
  if (!can_be_summed(shift)) return ColumnCursor(*this).level_at(i);
  // The sum of the quotients, rounded down, is the quotient of the sum without the remainders.
  auto [whole, remainders] = packed_sums(body_, i, base_, shift);
  auto surprise = base_ + body_[i - 1];
  for (std::size_t p = 0; p < patches_count_; ++p) {
    const auto patch = patches_[p];
    const auto position = patch >> patch_width_;
    if (position >= i) break;
    const auto high = patched_high(patch & low_bits(patch_width_), patch_width_) << body_.width;
    whole += high;
    if (position == i - 1) surprise += high;
  }
  return shifted(whole - remainders, shift) - shifted(surprise, shift) + surprise;
}

/// Whether patches leave the remainders as they are, and no sum can wrap around.
bool ColumnView::can_be_summed(unsigned shift) const {
  constexpr std::uint64_t kBaseMax = std::uint64_t{1} << 36;
  constexpr unsigned kPatchedWidthMax = 36;
  return shift <= body_.width && body_.width <= kSummedWidthMax &&
         base_ + kBaseMax < 2 * kBaseMax &&
         (patches_count_ == 0 || patch_width_ + body_.width <= kPatchedWidthMax);
}

std::int64_t ColumnView::decoded(std::size_t i) const {
  ColumnCursor cursor(*this);
  std::array<std::int64_t, ColumnCursor::kBlock> block;
  for (;; i -= block.size()) {
    cursor.next(std::span(block).first(std::min(i + 1, block.size())));
    if (i < block.size()) return block[i];
  }
}

void ColumnView::decode(std::span<std::int64_t> out) const {
  ColumnCursor cursor(*this);
  for (std::size_t i = 0; i < out.size(); i += ColumnCursor::kBlock)
    cursor.next(out.subspan(i, std::min(ColumnCursor::kBlock, out.size() - i)));
}

std::size_t ColumnView::upper_bound(std::int64_t limit) const { return until(limit).count; }

ColumnView::Until ColumnView::until(std::int64_t limit) const {
  if (count_ == 0) return {};
  if (prediction_ == Prediction::Constant) {
    const auto number = at(0);
    return number <= limit ? Until{count_, number} : Until{};
  }
  return random_access() ? until_by_access(limit) : until_by_decoding(limit);
}

ColumnView::Until ColumnView::until_by_access(std::int64_t limit) const {
  // Numbers before `low` are ≤ limit, those from `high` on are not.
  std::size_t low = 0;
  std::size_t high = count_;
  std::int64_t last = 0;  // before `low`
  const auto look = [&](std::size_t i) {
    const auto number = at(i);
    const bool below = number <= limit;
    if (below) last = number;
    (below ? low : high) = below ? i + 1 : i;
    return below;
  };
  std::size_t probe = likely_place(limit);
  // Away from the guess in growing strides until the bound is between, then halve.
  for (std::size_t stride = 1; low < high; stride *= 2) {
    const bool below = look(probe);
    if (low > 0 && high < count_) break;
    if (below)
      probe = std::min(probe + stride, count_ - 1);
    else
      probe = probe > stride ? probe - stride : 0;
  }
  while (low < high) look(low + (high - low) / 2);
  return {low, last};
}

ColumnView::Until ColumnView::until_by_decoding(std::int64_t limit) const {
  ColumnCursor cursor(*this);
  std::array<std::int64_t, ColumnCursor::kBlock> block;
  Until found;
  for (std::size_t i = 0; i < count_; i += block.size()) {
    const auto here = std::span(block).first(std::min(block.size(), count_ - i));
    cursor.next(here);
    const auto past = std::upper_bound(here.begin(), here.end(), limit);
    if (past != here.begin())
      found = {i + static_cast<std::size_t>(past - here.begin()), *std::prev(past)};
    if (past != here.end()) break;
  }
  return found;
}

std::size_t ColumnView::likely_place(std::int64_t limit) const {
  if (prediction_ != Prediction::Pace) return count_ / 2;
  if (limit < static_cast<std::int64_t>(first_)) return 0;
  const auto distance = static_cast<double>(static_cast<std::uint64_t>(limit) - first_);
  const auto pace = static_cast<double>(pace_) * static_cast<double>(step_) /
                    static_cast<double>(std::uint64_t{1} << pace_fraction_);
  const auto far = distance / pace;
  constexpr double kFarthest = 0x1p53;
  if (!(far < kFarthest)) return count_ - 1;
  const auto wanted = static_cast<std::uint64_t>(far);
  // The last skip to a place that is not beyond it.
  std::uint64_t skipped = 0;
  std::size_t skip = 0;
  for (auto rest = skips_count_; rest > 0;) {
    const auto half = rest / 2;
    const auto entry = skips_[skip + half];
    const auto so_far = skip + half + 1 + (entry & low_bits(skip_width_));
    if ((entry >> skip_width_) + so_far <= wanted) {
      skipped = so_far;
      skip += half + 1;
      rest -= half + 1;
    } else {
      rest = half;
    }
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(wanted - skipped, count_ - 1));
}

void read_column(ByteReader& in, std::span<std::int64_t> values, std::size_t total,
                 std::int64_t reference) {
  if (values.size() > total) in.fail();
  const auto view = ColumnView::open(in, total, reference);
  if (in.ok()) view.decode(values);
}

std::vector<std::int64_t> read_column(ByteReader& in, std::size_t count, std::int64_t reference) {
  const auto view = ColumnView::open(in, count, reference);
  std::vector<std::int64_t> values(view.count());
  view.decode(values);
  return values;
}

}  // namespace gemel::history::detail
