// Which way of writing a column is the smallest: guessed from the numbers' spread, not tried out.

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>

#include "history/detail/column_plan.hpp"
#include "history/detail/columns.hpp"

namespace gemel::history::detail {
namespace {

using Unsigned = std::uint64_t;

Unsigned magnitude(Unsigned n) { return static_cast<std::int64_t>(n) < 0 ? 0 - n : n; }

/// Divides by an odd or even number, with a multiplication (Granlund and Montgomery, "Division by
/// invariant integers using multiplication", 1994). Exact; with a remainder it is any number.
class Divisor {
 public:
  explicit Divisor(Unsigned n) : shift_(std::countr_zero(n)), inverse_(n >> shift_) {
    // Newton: each turn doubles how many bits are right; an odd number is its own inverse in three.
    const auto odd = n >> shift_;
    for (int bits = 3; bits < 64; bits *= 2) inverse_ *= 2 - odd * inverse_;
  }
  std::int64_t quotient(std::int64_t n) const {
    return static_cast<std::int64_t>(static_cast<Unsigned>(n) * inverse_) >> shift_;
  }

 private:
  int shift_;
  Unsigned inverse_;
};

/// Stein's: subtractions and shifts, where std::gcd divides.
Unsigned common_divisor(Unsigned a, Unsigned b) {
  const int twos = std::countr_zero(a | b);
  a >>= std::countr_zero(a);
  while (b != 0) {
    b >>= std::countr_zero(b);
    const auto less = std::min(a, b);
    b = std::max(a, b) - less;
    a = less;
  }
  return a << twos;
}

/// The i-th number's from the first.
Unsigned distance(std::span<const std::int64_t> values, std::size_t i) {
  return magnitude(static_cast<Unsigned>(values[i]) - static_cast<Unsigned>(values[0]));
}

/// The largest number that divides both; what is not 0 when one is. Times are of whole milliseconds
/// or microseconds; without those their distances are small.
Unsigned common_step(Unsigned a, Unsigned b) {
  if (a == 0 || b == 0) return a | b;
  for (const Unsigned unit : {1'000'000, 1'000}) {
    if (a % unit == 0 && b % unit == 0) return unit * common_divisor(a / unit, b / unit);
  }
  return common_divisor(a, b);
}

/// The largest number that divides the first few distances from the first number; 0 when all are 0.
Unsigned likely_step(std::span<const std::int64_t> values) {
  constexpr std::size_t kFew = 8;
  Unsigned step = 0;
  std::size_t i = 1;
  while (i < values.size() && values[i] == values[0]) ++i;
  for (const auto few = std::min(i + kFew, values.size()); i < few && step != 1; ++i)
    step = common_step(step, distance(values, i));
  return step;
}

/// The largest that divides them all, being told that `step` does those of the first few.
Unsigned exact_step(std::span<const std::int64_t> values, Unsigned step) {
  for (std::size_t i = 1; i < values.size() && step > 1; ++i) {
    if (distance(values, i) % step != 0) step = common_step(step, distance(values, i));
  }
  return step;
}

/// Distances from the first number, in steps; false when they are no whole steps, or too many.
template <class Int>
bool to_steps(std::span<const std::int64_t> values, Unsigned step, std::span<Int> out) {
  // Half the bits are twice as fast; differences of differences and surprises must fit, too.
  constexpr Unsigned kLongest = sizeof(Int) == 4 ? Unsigned{1} << 28 : ~Unsigned{0};
  const auto first = static_cast<Unsigned>(values[0]);
  Unsigned wrong = 0, longest = 0;
  const auto divide_all = [&](auto divide, auto by) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto distance = static_cast<Unsigned>(values[i]) - first;
      const auto steps = static_cast<Int>(divide(static_cast<std::int64_t>(distance)));
      out[i] = steps;
      wrong |= (static_cast<Unsigned>(static_cast<std::int64_t>(steps)) * by) ^ distance;
      longest |= static_cast<Unsigned>(static_cast<std::int64_t>(steps < 0 ? ~steps : steps));
    }
  };
  if (step == 1)
    divide_all([](std::int64_t n) { return n; }, std::integral_constant<Unsigned, 1>());
  else
    divide_all([by = Divisor(step)](std::int64_t n) { return by.quotient(n); }, step);
  return wrong == 0 && longest < kLongest;
}

unsigned step_code(Unsigned step) {
  const auto found = std::find(kSteps.begin(), kSteps.end(), step);
  return static_cast<unsigned>(found - kSteps.begin());  // none: kExplicitStep
}

void write_constant(ByteWriter& out, std::int64_t value, std::int64_t reference) {
  const auto distance = static_cast<Unsigned>(value) - static_cast<Unsigned>(reference);
  auto tag = static_cast<unsigned>(Prediction::Constant);
  if (distance == 0) {
    out.fixed(static_cast<std::uint8_t>(tag | kNearbyFlag));
    return;
  }
  auto rest = static_cast<std::int64_t>(distance);
  unsigned zeros = 0;
  for (; rest % 10 == 0 && zeros + 1 < kExplicitStep; rest /= 10) ++zeros;
  out.fixed(static_cast<std::uint8_t>(tag | zeros << kStepShift));
  out.signed_varint(rest);
}

/// Room for as many numbers as a chunk has, and elsewhere for more.
template <class Int>
class Room {
 public:
  explicit Room(std::size_t count) : count_(count), many_(count > few_.size() ? count : 0) {}
  std::span<Int> span() { return {many_.empty() ? few_.data() : many_.data(), count_}; }

 private:
  std::size_t count_;
  std::array<Int, 512> few_;
  std::vector<Int> many_;
};

struct Patch {
  std::size_t position;
  Unsigned code;
};

struct Patches {
  std::span<const Patch> list;
  unsigned width = 1;
};

/// Moves the window's base to 0 and finds what is outside. The list lies in `room`.
template <class Int>
Patches take_patches(std::span<Int> body, const Window& window, std::span<Patch> room) {
  using Word = std::make_unsigned_t<Int>;
  const auto base = static_cast<Word>(window.base);
  const bool all = window.width >= sizeof(Int) * 8;
  const auto outside = all ? Word{0} : static_cast<Word>(~Word{0} << window.width);
  Word any = 0;
  for (auto& n : body) {
    const auto offset = static_cast<Word>(static_cast<Word>(n) - base);
    any |= offset;
    n = static_cast<Int>(offset);
  }
  Patches patches;
  if ((any & outside) == 0) return patches;
  Unsigned codes = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if ((static_cast<Word>(body[i]) & outside) == 0) continue;
    const auto high = static_cast<std::int64_t>(body[i]) >> window.width;
    const auto code = static_cast<std::int64_t>(patch_code(high));
    codes |= static_cast<Unsigned>(code ^ (code >> 63));
    room[count++] = {i, static_cast<Unsigned>(code)};
  }
  patches.list = room.first(count);
  patches.width = static_cast<unsigned>(std::bit_width(codes)) + 1;
  return patches;
}

/// Whether the patches can be written and cost less than a wider body.
bool worth_it(const Patches& patches, const Window& window, const Window& all, std::size_t count) {
  if (patches.list.empty()) return true;
  const auto width = position_width(count) + patches.width;
  return width <= 64 && patches.width + window.width <= 64 &&
         patches.list.size() * width + count * window.width <= count * all.width;
}

void write_patches(ByteWriter& out, const Patches& patches, std::size_t count) {
  const auto code = std::min(patches.width, kExplicitPatchWidth + 1) - 1;
  out.varint((patches.list.size() - 1) << 2 | code);
  if (code == kExplicitPatchWidth) out.fixed(static_cast<std::uint8_t>(patches.width));
  BitPacker packer(out, patches.list.size(), position_width(count) + patches.width);
  for (const auto& patch : patches.list)
    packer.put(patch.position << patches.width | (patch.code & low_bits(patches.width)));
  packer.finish();
}

void write_pace(ByteWriter& out, const Pace& pace, std::size_t count) {
  const auto& skips = pace.skips;
  const auto code = pace.fraction == 0 ? pace_code(pace.pace) : kPaceCodes;
  if (code < kPaceCodes) {
    out.fixed(static_cast<std::uint8_t>(code + (skips.empty() ? 0 : kPaceCodes)));
  } else {
    out.fixed(static_cast<std::uint8_t>(kExplicitPace));
    out.fixed(static_cast<std::uint8_t>(pace.fraction * 2 + (skips.empty() ? 0 : 1)));
    out.varint(pace.pace);
  }
  if (skips.empty()) return;
  // Most skips are of one place; the sum of those so far then is their number.
  const auto width = static_cast<unsigned>(std::bit_width(skips.back().skipped - skips.size()));
  out.varint((skips.size() - 1) << 1 | (width > 0 ? 1 : 0));
  if (width > 0) out.fixed(static_cast<std::uint8_t>(width));
  BitPacker packer(out, skips.size(), position_width(count) + width);
  for (std::size_t i = 0; i < skips.size(); ++i)
    packer.put(skips[i].position << width | (skips[i].skipped - i - 1));
  packer.finish();
}

/// Packs `Together` numbers into one word before it is put behind the others: what a word waits for
/// is only the one before.
template <std::size_t Together, class Int>
void write_packed(ByteWriter& out, std::span<const Int> body, unsigned width) {
  using Word = std::make_unsigned_t<Int>;
  const auto mask = low_bits(width);
  BitPacker packer(out, body.size(), width);
  packer.width(width * Together);
  std::size_t i = 0;
  for (; i + Together <= body.size(); i += Together) {
    std::uint64_t word = 0;
    for (std::size_t j = 0; j < Together; ++j)
      word |= (static_cast<Word>(body[i + j]) & mask) << (j * width);
    packer.put(word);
  }
  packer.width(width);
  for (; i < body.size(); ++i) packer.put(static_cast<Word>(body[i]) & mask);
  packer.finish();
}

template <class Int>
void write_body(ByteWriter& out, std::span<const Int> body, unsigned width) {
  if (width == 0) return;
  if (width <= 8)
    write_packed<8>(out, body, width);
  else if (width <= 16)
    write_packed<4>(out, body, width);
  else
    write_packed<1>(out, body, width);
}

/// What a column starts from.
struct Origin {
  std::int64_t first = 0;
  std::int64_t reference = 0;
  Unsigned step = 1;
};

void write_head(ByteWriter& out, Prediction prediction, bool patched, unsigned width,
                const Origin& origin) {
  const auto code = step_code(origin.step);
  // A distance in steps is smaller, if it is a number of steps at all.
  const auto distance = static_cast<std::int64_t>(static_cast<Unsigned>(origin.first) -
                                                  static_cast<Unsigned>(origin.reference));
  const auto magnitude_in_steps = magnitude(static_cast<Unsigned>(distance)) / origin.step;
  const bool in_steps = origin.step > 1 && magnitude_in_steps * origin.step ==
                                               magnitude(static_cast<Unsigned>(distance));
  out.fixed(static_cast<std::uint8_t>(static_cast<unsigned>(prediction) |
                                      (patched ? kPatchedFlag : 0) | code << kStepShift));
  out.fixed(static_cast<std::uint8_t>(width | (in_steps ? kFirstInSteps : 0)));
  if (code == kExplicitStep) out.varint(origin.step);
  out.signed_varint(!in_steps      ? distance
                    : distance < 0 ? -static_cast<std::int64_t>(magnitude_in_steps)
                                   : static_cast<std::int64_t>(magnitude_in_steps));
}

template <class Int>
void write_plan(ByteWriter& out, const Plan<Int>& plan, Origin origin) {
  const std::span<const Int> body = plan.body;
  const auto all = whole_range(body);
  auto window = best_window(body, plan.spread, all);
  Room<Patch> room(body.size());
  auto patches = take_patches(plan.body, window, room.span());
  if (!worth_it(patches, window, all, body.size())) {
    patches = take_patches(plan.body, {all.base - window.base, all.width}, {});
    window = all;
  }
  const bool has_base = is_level(plan.prediction) || plan.prediction == Prediction::Difference;
  // Otherwise the base goes into the first number.
  if (!has_base)
    origin.first =
        static_cast<std::int64_t>(static_cast<Unsigned>(origin.first) + origin.step * window.base);
  write_head(out, plan.prediction, !patches.list.empty(), window.width, origin);
  if (plan.prediction == Prediction::Difference) out.signed_varint(plan.second);
  if (has_base) out.signed_varint(static_cast<std::int64_t>(window.base));
  if (plan.prediction == Prediction::Pace) write_pace(out, plan.pace, body.size());
  if (!patches.list.empty()) write_patches(out, patches, body.size());
  write_body<Int>(out, body, window.width);
}

/// False, and nothing is written, when the numbers are no whole steps or these are too many.
template <class Int>
bool write_steps(ByteWriter& out, std::span<const std::int64_t> values, const Origin& origin) {
  Room<Int> numbers(values.size());
  if (!to_steps<Int>(values, origin.step, numbers.span())) return false;
  Room<Int> distances(values.size()), rest(values.size());
  write_plan<Int>(out, make_plan<Int>(numbers.span(), {distances.span(), rest.span()}), origin);
  return true;
}

}  // namespace

void write_column(ByteWriter& out, std::span<const std::int64_t> values, std::int64_t reference) {
  if (values.empty()) return;
  Origin origin{values[0], reference, likely_step(values)};
  if (origin.step == 0) return write_constant(out, values[0], reference);
  if (write_steps<std::int32_t>(out, values, origin)) return;
  if (const auto step = exact_step(values, origin.step); step != origin.step) {
    origin.step = step;
    if (write_steps<std::int32_t>(out, values, origin)) return;
  }
  write_steps<std::int64_t>(out, values, origin);
}

}  // namespace gemel::history::detail
