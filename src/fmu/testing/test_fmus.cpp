#include "fmu/testing/test_fmus.hpp"

#include <fstream>
#include <iterator>

#include <sys/stat.h>
#include <zip.h>

#include "base/check.hpp"

namespace gemel::fmu::testing {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  GEMEL_CHECK(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

void write_archive(const std::filesystem::path& file, const std::vector<Member>& members) {
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  GEMEL_CHECK(archive != nullptr);
  for (const auto& member : members) {
    auto* source = zip_source_buffer(archive, member.bytes.data(), member.bytes.size(), 0);
    const auto index = zip_file_add(archive, member.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    GEMEL_CHECK(index >= 0);
    if (member.unix_mode != 0) {
      (void)zip_file_set_external_attributes(archive, static_cast<zip_uint64_t>(index), 0,
                                             ZIP_OPSYS_UNIX, member.unix_mode << 16);
    }
  }
  GEMEL_CHECK(zip_close(archive) == 0);
}

TestFmus::TestFmus() : folder_(std::move(*TemporaryFolder::make())) {}

std::string description_of(std::string_view model) {
  return read_file(std::filesystem::path(GEMEL_TEST_FMU_SOURCES) / (std::string(model) + ".xml"));
}

namespace {

std::string own_platform(std::string_view model) {
#if defined(__x86_64__)
  return model == "sampler" ? "x86_64-linux" : "linux64";
#else
  (void)model;
  return "aarch64-linux";
#endif
}

Member library_of(std::string_view model, std::string_view platform) {
  const auto name = std::string(model);
  return {"binaries/" + std::string(platform) + "/" + name + ".so",
          read_file(std::filesystem::path(GEMEL_TEST_FMU_LIBRARIES) / (name + ".so"))};
}

}  // namespace

std::filesystem::path TestFmus::make(std::string_view model, std::string_view platform) const {
  return make(std::string(model) + ".fmu",
              {{"modelDescription.xml", description_of(model)},
               library_of(model, platform.empty() ? own_platform(model) : platform)});
}

std::filesystem::path TestFmus::make_as(std::string_view file, std::string_view model,
                                        std::string description) const {
  return make(file, {{"modelDescription.xml", std::move(description)},
                     library_of(model, own_platform(model))});
}

std::filesystem::path TestFmus::make(std::string_view file,
                                     const std::vector<Member>& members) const {
  const auto path = folder_.path() / std::string(file);
  write_archive(path, members);
  return path;
}

}  // namespace gemel::fmu::testing
