#pragma once
// The page's files and the OpenAPI document, compressed, in the program itself.

#include <string>
#include <string_view>

namespace gemel::api {

struct Asset {
  std::string_view path;  // "/index.html"
  std::string_view content_type;
  std::string_view etag;  // quoted
  std::string_view gzipped;
};

/// Null if there is none.
const Asset* find_asset(std::string_view path);

/// The uncompressed bytes of an asset.
std::string inflate(std::string_view gzipped);

}  // namespace gemel::api
