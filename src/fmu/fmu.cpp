#include "fmu/fmu.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/text.hpp"
#include "fmu/detail/library.hpp"
#include "fmu/detail/local_instance.hpp"

namespace gemel::fmu {
namespace {

namespace fs = std::filesystem;

#if defined(__x86_64__)
constexpr const char* kPlatform2 = "linux64";
constexpr const char* kPlatform3 = "x86_64-linux";
#elif defined(__aarch64__)
constexpr const char* kPlatform2 = "aarch64-linux";
constexpr const char* kPlatform3 = "aarch64-linux";
#else
constexpr const char* kPlatform2 = "linux32";
constexpr const char* kPlatform3 = "x86-linux";
#endif

Result<std::string> read_text(const fs::path& path, const fs::path& archive) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error{ErrorCode::InvalidInput,
                 archive.string() + " holds no modelDescription.xml at its top; it is no FMU"};
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

Fmu::Fmu(fs::path file, UnpackedArchive archive, ModelDescription description)
    : file_(std::move(file)),
      archive_(std::move(archive)),
      description_(std::move(description)),
      libraries_(std::make_unique<detail::Libraries>()) {}

// Before the folder goes, the libraries in it must be closed: members are destroyed from the last.
Fmu::~Fmu() = default;

Result<std::shared_ptr<const Fmu>> Fmu::load(const fs::path& file, const ArchiveLimits& limits) {
  GEMEL_ASSIGN(auto archive, unpack(file, limits));
  return described(file, std::move(archive));
}

Result<std::shared_ptr<const Fmu>> Fmu::load_unpacked(const fs::path& file,
                                                      const fs::path& folder) {
  return described(file, {TemporaryFolder::of_another(folder), {}});
}

Result<std::shared_ptr<const Fmu>> Fmu::described(const fs::path& file, UnpackedArchive archive) {
  GEMEL_ASSIGN(const auto text, read_text(archive.folder.path() / "modelDescription.xml", file));
  GEMEL_ASSIGN(auto description,
               read_description(text, file.filename().string() + "/modelDescription.xml"));
  return std::shared_ptr<const Fmu>(
      new Fmu(fs::absolute(file), std::move(archive), std::move(description)));
}

std::vector<std::string> Fmu::platforms() const {
  std::set<std::string> found;
  for (const auto& member : members()) {
    const auto parts = text::split(member, '/');
    if (parts.size() >= 3 && parts[0] == "binaries") found.emplace(parts[1]);
  }
  return {found.begin(), found.end()};
}

Result<fs::path> Fmu::library_path(Interface kind) const {
  const auto& offered =
      kind == Interface::CoSimulation ? description_.co_simulation : description_.model_exchange;
  if (!offered) {
    return Error{ErrorCode::Unsupported,
                 file_.filename().string() + " offers no " + std::string(to_string(kind)) +
                     "; it offers " +
                     (description_.co_simulation    ? "co-simulation"
                      : description_.model_exchange ? "model exchange"
                                                    : "scheduled execution")};
  }
  const auto name = offered->model_identifier + ".so";
  const char* platform = description_.major == 2 ? kPlatform2 : kPlatform3;
  const auto path = archive_.folder.path() / "binaries" / platform / name;
  if (fs::exists(path)) return path;
  std::string there;
  for (const auto& each : platforms()) there += (there.empty() ? "" : ", ") + each;
  return Error{ErrorCode::NotFound, file_.filename().string() +
                                        " has no library for this machine (binaries/" + platform +
                                        "/" + name + "); it has " +
                                        (there.empty() ? "none at all" : "them for " + there) +
                                        ". Export it for " + platform};
}

Result<std::unique_ptr<Instance>> Fmu::instantiate(const InstanceOptions& options) const {
  GEMEL_TRY(library_path(options.kind));
  auto instance = options.own_process
                      ? detail::make_remote(shared_from_this(), options)
                      : detail::make_local(shared_from_this(), *libraries_, options);
  if (!instance) return instance.error().within(file_.filename().string());
  return instance;
}

Result<std::unique_ptr<Instance>> detail::make_local(std::shared_ptr<const Fmu> fmu,
                                                     Libraries& libraries,
                                                     const InstanceOptions& options) {
  GEMEL_ASSIGN(const auto path, fmu->library_path(options.kind));
  const auto& description = fmu->description();
  GEMEL_ASSIGN(const auto* library, libraries.open(path, description.major, options.kind));
  const auto& offered = options.kind == Interface::CoSimulation ? description.co_simulation
                                                                : description.model_exchange;
  std::shared_ptr<void> place;
  if (offered->once_per_process) {
    if (!libraries.take_only_place()) {
      return Error{ErrorCode::Conflict,
                   "the FMU allows one instance a process and there is one; run further ones in "
                   "processes of their own"};
    }
    place = std::shared_ptr<void>(nullptr, [&libraries](void*) { libraries.leave_only_place(); });
  }
  GEMEL_ASSIGN(auto instance, description.major == 2 ? make_fmi2(fmu, *library, options)
                                                     : make_fmi3(fmu, *library, options));
  static_cast<LocalInstance&>(*instance).hold(std::move(place));
  return instance;
}

}  // namespace gemel::fmu
