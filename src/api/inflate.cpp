#include <zlib.h>

#include "api/detail/assets.hpp"
#include "base/check.hpp"

namespace gemel::api {

std::string inflate(std::string_view gzipped) {
  std::string out;
  z_stream stream{};
  // 16: gzip's header rather than zlib's.
  GEMEL_CHECK(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzipped.data()));
  stream.avail_in = static_cast<uInt>(gzipped.size());
  int status = Z_OK;
  while (status == Z_OK) {
    const auto before = out.size();
    out.resize(before + 65'536);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = 65'536;
    status = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  // The bytes are our own, built in: anything else than a clean end is a broken build.
  GEMEL_CHECK(status == Z_STREAM_END);
  return out;
}

}  // namespace gemel::api
