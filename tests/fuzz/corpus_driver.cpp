// Feeds every file of a folder to a fuzz target once, so that the corpus is a test with any
// compiler.
//
//   twin_fuzz tests/fuzz/corpus/twin_fuzz

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, trouble)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool feed(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in) {
    std::fprintf(stderr, "%s: can't be read\n", file.c_str());
    return false;
  }
  // A copy of exactly this size, so that a sanitizer sees every step beyond it.
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argc > 0 ? argv[0] : "fuzz target");
    return 2;
  }
  const auto files = files_of(argv[1]);
  if (files.empty()) {
    std::fprintf(stderr, "%s: no corpus there; a fuzz target needs at least one file\n", argv[1]);
    return 1;
  }
  const bool all_read = std::all_of(files.begin(), files.end(), feed);
  std::printf("%zu inputs\n", files.size());
  return all_read ? 0 : 1;
}
