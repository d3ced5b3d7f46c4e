#pragma once
// The shared libraries of one FMU, opened when the first instance wants them.

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "fmu/detail/fmi2.hpp"
#include "fmu/detail/fmi3.hpp"
#include "fmu/instance.hpp"

namespace gemel::fmu::detail {

/// An open library. Threads: any.
class Library {
 public:
  /// Errors: Unavailable with the loader's words; Unsupported with the functions that are missing.
  static Result<std::unique_ptr<const Library>> open(const std::filesystem::path& file, int major,
                                                     Interface kind);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  fmi2::Functions fmi2;
  fmi3::Functions fmi3;

 private:
  explicit Library(void* handle) : handle_(handle) {}
  void find(const char* name, void* place, bool needed, std::string& missing);
  void find_fmi2(Interface kind, std::string& missing);
  void find_fmi3(Interface kind, std::string& missing);
  void* handle_;
};

/// One library an interface, opened once; and how many instances there are. Threads: any.
class Libraries {
 public:
  Result<const Library*> open(const std::filesystem::path& file, int major, Interface kind);
  /// False if there is one already.
  bool take_only_place();
  void leave_only_place();

 private:
  std::mutex mutex_;
  std::unique_ptr<const Library> open_[2];
  bool taken_ = false;
};

}  // namespace gemel::fmu::detail
