#pragma once
// What the messages of one binding look like, compiled once.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "connectors/payload/field.hpp"
#include "connectors/payload/json_path.hpp"
#include "core/plant.hpp"

namespace gemel::connectors::payload {

struct MessageLayout {
  /// A field and the way to it.
  struct Place {
    Field field;
    JsonPath path;
  };

  std::vector<Field> plain;      // the payload is one plain value; then there are no places
  std::vector<Place> places;     // the payload is JSON
  std::optional<JsonPath> time;  // none: time of arrival
  std::size_t shared_steps =
      0;  // keys that all places begin with, and along which an array of rows may lie

  /// Errors: InvalidInput (a path that is none, a field without a signal, fields with a path beside
  /// fields without).
  static Result<MessageLayout> compile(const Plant& plant, const Binding& binding);
};

}  // namespace gemel::connectors::payload
