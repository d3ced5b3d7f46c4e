#pragma once
// Topics and paths into payloads, as far as a twin file can be checked.

#include <string>
#include <string_view>

namespace gemel::spec {

/// Why `topic` is no topic to publish to, or with `may_filter` none to subscribe to; empty when it
/// is.
std::string topic_trouble(std::string_view topic, bool may_filter);

/// True if every topic that `topic` (which may be a filter) stands for is one that `filter` asks
/// for.
bool covers(std::string_view filter, std::string_view topic);

/// Why `path` is no path into a JSON payload ("$", "$.a.b[3]"); empty when it is.
std::string payload_path_trouble(std::string_view path);

}  // namespace gemel::spec
