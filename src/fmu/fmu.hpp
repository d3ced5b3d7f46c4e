#pragma once
// An FMU that is there to be run: unpacked, read, its library opened once.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "fmu/archive.hpp"
#include "fmu/description.hpp"
#include "fmu/instance.hpp"

namespace gemel::fmu {

namespace detail {
class Libraries;
}

/// What it is: immutable and shared. Its instances are what it is doing.
///
/// **Lifetime** an instance keeps its FMU. **Threads** any.
class Fmu : public std::enable_shared_from_this<Fmu> {
 public:
  /// Unpacks and reads `file`. No code of the FMU runs yet.
  /// Errors: those of unpack() and read_description(), with the file's name.
  static Result<std::shared_ptr<const Fmu>> load(const std::filesystem::path& file,
                                                 const ArchiveLimits& limits = {});
  /// One that lies unpacked in `folder`, which somebody else keeps as long as this is used; `file`
  /// stands in errors. Errors: those of read_description().
  static Result<std::shared_ptr<const Fmu>> load_unpacked(const std::filesystem::path& file,
                                                          const std::filesystem::path& folder);
  ~Fmu();

  const ModelDescription& description() const { return description_; }
  const std::filesystem::path& file() const { return file_; }
  /// Where it lies unpacked.
  const std::filesystem::path& folder() const { return archive_.folder.path(); }
  const std::vector<std::string>& members() const { return archive_.members; }
  /// The systems that the archive has libraries for: "linux64", "x86_64-windows".
  std::vector<std::string> platforms() const;

  /// Errors: Unsupported (an interface that is not offered), NotFound (no library for this
  /// machine; says for which there are), Conflict (it allows one instance a process and there is
  /// one), Unavailable (the library does not open, or the FMU says no).
  Result<std::unique_ptr<Instance>> instantiate(const InstanceOptions& options) const;

  /// Where the library for this machine lies.
  Result<std::filesystem::path> library_path(Interface kind) const;
  /// The folder of the FMU's resources; it may not exist.
  std::filesystem::path resources() const { return archive_.folder.path() / "resources"; }

 private:
  Fmu(std::filesystem::path file, UnpackedArchive archive, ModelDescription description);
  static Result<std::shared_ptr<const Fmu>> described(const std::filesystem::path& file,
                                                      UnpackedArchive archive);

  std::filesystem::path file_;
  UnpackedArchive archive_;
  ModelDescription description_;
  std::unique_ptr<detail::Libraries> libraries_;
};

}  // namespace gemel::fmu
