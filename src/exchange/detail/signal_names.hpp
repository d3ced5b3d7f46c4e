#pragma once
// Names of signals as a file writes them.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/plant.hpp"

namespace gemel::exchange::detail {

/// Remembers what it found and what it did not. Threads: one. Limits: remembers 1,000,000 names.
class SignalNames {
 public:
  explicit SignalNames(const Plant& plant) : plant_(plant) {}

  /// By whole path or an ending that only one has. Nothing where no signal is called so; it is
  /// counted then.
  std::optional<SignalId> find(std::string_view name);

  const Signal& signal(SignalId id) const { return plant_.signal(id); }
  std::uint64_t unknown_count() const { return unknown_count_; }
  /// The first 1,000, in the order in which they were met.
  const std::vector<std::string>& unknown() const { return unknown_; }
  /// NotFound: all of them, each with the nearest right name.
  Error unknown_error(const std::string& file) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  const Plant& plant_;
  std::unordered_map<std::string, std::optional<SignalId>, Hash, std::equal_to<>> found_;
  std::string last_name_;
  std::optional<SignalId> last_;
  std::uint64_t unknown_count_ = 0;
  std::vector<std::string> unknown_;
};

}  // namespace gemel::exchange::detail
