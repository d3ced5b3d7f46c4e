#pragma once
// Which signals a series feeds: the twin file's bindings, indexed by measurement and tags.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "connectors/line_protocol/detail/point.hpp"
#include "connectors/payload/field.hpp"
#include "core/plant.hpp"

namespace gemel::connectors::line_protocol {

/// Threads: const, any.
class SeriesBindings {
 public:
  /// Of one source of the plant. Errors: those of payload::make_field.
  static Result<SeriesBindings> compile(const Plant& plant, std::uint32_t source);

  /// The bindings whose measurement is this and whose tags are all among these; other tags don't
  /// matter. Cost: a hash look-up for each set of tag keys that bindings of the measurement use.
  std::vector<std::uint32_t> find(const std::string& measurement, std::span<const Tag> tags) const;

  /// Appends what the field feeds by these bindings.
  void find_fields(std::span<const std::uint32_t> bindings, std::string_view name,
                   std::vector<const payload::Field*>& fields) const;

  /// How many fields are bound.
  std::size_t fields() const { return fields_; }

 private:
  /// The bindings of a measurement that name the same tag keys.
  struct Group {
    std::vector<std::string> keys;  // sorted
    std::unordered_map<std::string, std::vector<std::uint32_t>> by_values;
  };
  std::vector<std::vector<payload::Field>> bindings_;
  std::size_t fields_ = 0;
  std::unordered_map<std::string, std::vector<Group>> by_measurement_;
};

}  // namespace gemel::connectors::line_protocol
