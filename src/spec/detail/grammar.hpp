#pragma once
// The keys of a twin file, declared once: the loader's checks and the JSON Schema both come from
// these tables.

#include <array>
#include <span>
#include <string_view>

namespace gemel::spec {

enum class Form {
  Text,       // any text; what it means is checked where it is used
  Name,       // see is_name()
  Number,     // a finite number
  Choice,     // one of Value::choices
  Quantity,   // a number, or a number with a unit
  Duration,   // "5 s"
  Rate,       // "1 Hz", "1 per week"
  Condition,  // "flow < 3 l/min for 10 s"
  Rule,       // "(flow < 3 l/min for 1 min) and speed > 900 rpm"
  Reference,  // path of an asset, signal or control
  List,       // of Value::of; Value::length of them unless 0
  OneOrMore,  // a Value::of, or a list of them
  Named,      // a table of Value::of under names of the user's choosing
  Record,     // a table with the keys of Value::record
  ShortOr,    // a Value::of, which is short for Value::record
};

struct Record;

/// What may stand in one place. `what` completes "expected …" in messages.
struct Value {
  Form form;
  std::string_view what;
  const Value* of = nullptr;
  const Record* record = nullptr;
  std::span<const std::string_view> choices = {};
  std::size_t length = 0;
  bool keys_are_paths = false;  // Named: of what is there already, rather than new names
};

struct Key {
  std::string_view name;
  const Value* value;
  std::string_view description;
  bool required = false;
};

struct Record {
  std::string_view name;  // completes "unknown key … in …"
  std::string_view description;
  std::span<const Key> keys;
  const Value* others = nullptr;  // what keys of the user's choosing hold; null: there are none
  std::string_view others_description = {};

  const Key* find(std::string_view key) const;
};

/// The whole file.
extern const Record kTwinRecord;
extern const Record kAssetRecord;

/// The version of the grammar that this program reads: `gemel: 1`.
inline constexpr std::string_view kTwinVersion = "1";

}  // namespace gemel::spec
