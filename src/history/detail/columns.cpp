#include "history/detail/columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "history/detail/column_cursor.hpp"

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
  return in.ok() ? view : ColumnView{};
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
  auto word = body_[i];
  if (patches_count_ == 0) return word;
  const auto patch = patches_.lower_bound(patches_count_, i << patch_width_);
  if (patch == patches_count_) return word;
  const auto entry = patches_[patch];
  if (entry >> patch_width_ == i)
    word += patched_high(entry & low_bits(patch_width_), patch_width_) << body_.width;
  return word;
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
      steps = ColumnCursor(*this).level_at(i);
  }
  return static_cast<std::int64_t>(first_ + step_ * steps);
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

std::size_t ColumnView::upper_bound(std::int64_t limit) const {
  if (count_ == 0 || prediction_ == Prediction::Constant)
    return count_ > 0 && at(0) <= limit ? count_ : 0;
  return random_access() ? upper_bound_by_access(limit) : upper_bound_by_decoding(limit);
}

std::size_t ColumnView::upper_bound_by_access(std::int64_t limit) const {
  // Numbers before `low` are ≤ limit, those from `high` on are not.
  std::size_t low = 0;
  std::size_t high = count_;
  std::size_t probe = likely_place(limit);
  // Away from the guess in growing strides until the bound is between, then halve.
  for (std::size_t stride = 1; low < high; stride *= 2) {
    const bool below = at(probe) <= limit;
    if (below)
      low = probe + 1;
    else
      high = probe;
    if (low > 0 && high < count_) break;
    if (below)
      probe = std::min(probe + stride, count_ - 1);
    else
      probe = probe > stride ? probe - stride : 0;
  }
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (at(middle) <= limit)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::size_t ColumnView::upper_bound_by_decoding(std::int64_t limit) const {
  ColumnCursor cursor(*this);
  std::array<std::int64_t, ColumnCursor::kBlock> block;
  for (std::size_t i = 0; i < count_; i += block.size()) {
    const auto here = std::span(block).first(std::min(block.size(), count_ - i));
    cursor.next(here);
    if (here.back() > limit)
      return i + static_cast<std::size_t>(std::upper_bound(here.begin(), here.end(), limit) -
                                          here.begin());
  }
  return count_;
}

std::size_t ColumnView::likely_place(std::int64_t limit) const {
  if (prediction_ != Prediction::Pace) return count_ / 2;
  if (limit < static_cast<std::int64_t>(first_)) return 0;
  const auto distance = static_cast<double>(static_cast<std::uint64_t>(limit) - first_);
  const auto pace = static_cast<double>(pace_) * static_cast<double>(step_) /
                    static_cast<double>(std::uint64_t{1} << pace_fraction_);
  const auto most = static_cast<double>(place(count_ - 1));
  const auto far = distance / pace;
  if (!(far < most)) return count_ - 1;
  const auto wanted = static_cast<std::size_t>(far);
  // The first place that is skipped to beyond it.
  std::size_t skip = 0;
  for (auto rest = skips_count_; rest > 0;) {
    const auto half = rest / 2;
    const auto position = static_cast<std::size_t>(skips_[skip + half] >> skip_width_);
    if (position < count_ && place(position) <= wanted) {
      skip += half + 1;
      rest -= half + 1;
    } else {
      rest = half;
    }
  }
  if (skip == 0) return std::min(wanted, count_ - 1);
  const auto skipped = skip + (skips_[skip - 1] & low_bits(skip_width_));
  return std::min<std::size_t>(wanted > skipped ? wanted - skipped : 0, count_ - 1);
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
