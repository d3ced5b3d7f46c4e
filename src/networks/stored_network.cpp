// A card and its network on the disk.

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <sodium.h>

#include "networks/inference_server.hpp"
#include "networks/network_card.hpp"
#include "networks/onnx_network.hpp"

namespace gemel::networks {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{512} << 20U;

Result<std::string> bytes_of(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error)
    return Error{ErrorCode::NotFound, path.string() + " can't be read: " + error.message()};
  if (size > kFileBytesMax)
    return Error{ErrorCode::Capacity, path.string() + " has " + std::to_string(size) +
                                          " bytes; half a gigabyte is the limit"};
  std::ifstream file(path, std::ios::binary);
  std::string bytes(size, '\0');
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size)))
    return Error{ErrorCode::Unavailable, path.string() + " can't be read: " + std::strerror(errno)};
  return bytes;
}

/// Under another name first: nobody ever sees half a file.
Result<void> write_whole(const fs::path& path, std::string_view bytes) {
  const fs::path beside = path.string() + ".tmp";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (file.good()) fs::rename(beside, path, error);
  if (!file.good() || error)
    return {ErrorCode::Unavailable,
            path.string() + " can't be written: " +
                (error ? error.message() : std::string(std::strerror(errno))) +
                "; name a folder that exists and is yours"};
  return {};
}

}  // namespace

std::string sha256_of(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size());
  std::string out(2 * hash.size() + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), hash.data(), hash.size());
  out.pop_back();
  return out;
}

Result<std::unique_ptr<ServedNetwork>> StoredNetwork::open() const {
  if (card.server) return ask_server(*card.server, card.input_shape(), card.output_shape());
  return load_onnx(bytes, card.input_shape(), card.output_shape());
}

Result<void> StoredNetwork::try_out() const {
  if (card.server) return {};
  return try_onnx(bytes, card.input_shape(), card.output_shape());
}

Result<StoredNetwork> read_network(const std::string& card_path) {
  GEMEL_ASSIGN(const auto text, bytes_of(card_path));
  auto card = parse_card(text);
  if (!card) return card.error().within(card_path);
  StoredNetwork stored{std::move(card).value(), {}, sha256_of(text)};
  if (stored.card.server) return stored;
  const auto file = fs::path(card_path).parent_path() / stored.card.network;
  GEMEL_ASSIGN(stored.bytes, bytes_of(file));
  stored.sha256 = sha256_of(stored.bytes);
  if (!stored.card.sha256.empty() && stored.card.sha256 != stored.sha256)
    return Error{ErrorCode::Corruption,
                 file.string() + " has the SHA-256 " + stored.sha256 + ", but " + card_path +
                     " speaks of " + stored.card.sha256 + "; train it anew, or correct the card"};
  return stored;
}

Result<void> write_network(const std::string& path, NetworkCard card, std::string_view onnx) {
  std::error_code error;
  const auto folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  card.network = fs::path(path).filename().string() + ".onnx";
  card.sha256 = sha256_of(onnx);
  // The network first: a card never speaks of a file that isn't there.
  GEMEL_TRY(write_whole(path + ".onnx", onnx));
  return write_whole(path + ".card.json", to_json(card));
}

}  // namespace gemel::networks
