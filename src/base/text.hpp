#pragma once
// Small helpers for text that people read: nearest names for error messages, splitting, trimming.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gemel::text {

std::string_view trim(std::string_view text);

/// "a.b.c" by '.' gives a, b, c; empty parts are kept.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The candidate with the smallest edit distance to `word` if it is near enough to be meant (at
/// most a third of the word's length, at least 2), otherwise empty.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'pressure'?" or, when nothing is near, "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// The shortest decimal that reads back as the same double: 0.1, 1500, 2.5e-07.
std::string number(double value);

/// `value` with `significant` digits and without trailing zeros, for people: 1.5, 230, 0.0123.
std::string rounded(double value, int significant = 4);

/// Whole text as a finite double; nothing else is accepted ("nan", "1,5", "3 bar" are not).
bool parse_number(std::string_view text, double& value);

}  // namespace gemel::text
