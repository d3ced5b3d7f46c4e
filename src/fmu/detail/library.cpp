#include "fmu/detail/library.hpp"

#include <cstring>

#include <dlfcn.h>

namespace gemel::fmu::detail {

Library::~Library() { (void)::dlclose(handle_); }

void Library::find(const char* name, void* place, bool needed, std::string& missing) {
  void* function = ::dlsym(handle_, name);
  // A data pointer of dlsym becomes a function pointer by its bytes, as POSIX promises it may.
  std::memcpy(place, &function, sizeof function);
  if (function == nullptr && needed) missing += (missing.empty() ? "" : ", ") + std::string(name);
}

// NOLINTBEGIN(cppcoreguidelines-macro-usage)
#define GEMEL_FIND2(name, parameters) find("fmi2" #name, &fmi2.name, true, missing);
#define GEMEL_FIND2_IF_THERE(name, parameters) find("fmi2" #name, &fmi2.name, false, missing);
#define GEMEL_FIND3(name, parameters) find("fmi3" #name, &fmi3.name, true, missing);
#define GEMEL_FIND3_IF_THERE(name, parameters) find("fmi3" #name, &fmi3.name, false, missing);
#define GEMEL_FIND3_TYPE(name, type)                      \
  find("fmi3Get" #name, &fmi3.Get##name, false, missing); \
  find("fmi3Set" #name, &fmi3.Set##name, false, missing);
// NOLINTEND(cppcoreguidelines-macro-usage)

void Library::find_fmi2(Interface kind, std::string& missing) {
  find("fmi2Instantiate", &fmi2.Instantiate, true, missing);
  find("fmi2FreeInstance", &fmi2.FreeInstance, true, missing);
  GEMEL_FMI2_COMMON(GEMEL_FIND2)
  GEMEL_FMI2_OPTIONAL(GEMEL_FIND2_IF_THERE)
  if (kind == Interface::CoSimulation) {
    GEMEL_FMI2_CO_SIMULATION(GEMEL_FIND2)
  } else {
    GEMEL_FMI2_MODEL_EXCHANGE(GEMEL_FIND2)
  }
}

void Library::find_fmi3(Interface kind, std::string& missing) {
  find("fmi3FreeInstance", &fmi3.FreeInstance, true, missing);
  GEMEL_FMI3_COMMON(GEMEL_FIND3)
  GEMEL_FMI3_PLAIN_TYPES(GEMEL_FIND3_TYPE)
  GEMEL_FMI3_OPTIONAL(GEMEL_FIND3_IF_THERE)
  if (kind == Interface::CoSimulation) {
    find("fmi3InstantiateCoSimulation", &fmi3.InstantiateCoSimulation, true, missing);
    GEMEL_FMI3_CO_SIMULATION(GEMEL_FIND3_IF_THERE)
    if (fmi3.DoStep == nullptr)
      missing += (missing.empty() ? "" : ", ") + std::string("fmi3DoStep");
  } else {
    find("fmi3InstantiateModelExchange", &fmi3.InstantiateModelExchange, true, missing);
    GEMEL_FMI3_MODEL_EXCHANGE(GEMEL_FIND3)
  }
}

Result<std::unique_ptr<const Library>> Library::open(const std::filesystem::path& file, int major,
                                                     Interface kind) {
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = ::dlerror();
    return Error{ErrorCode::Unavailable,
                 "the FMU's library does not open: " + std::string(why ? why : "no reason given") +
                     "; a library that it needs must be installed, and TMPDIR must allow programs"};
  }
  std::unique_ptr<Library> library(new Library(handle));
  std::string missing;
  if (major == 2) {
    library->find_fmi2(kind, missing);
  } else {
    library->find_fmi3(kind, missing);
  }
  if (!missing.empty()) {
    return Error{ErrorCode::Unsupported, file.filename().string() + " lacks " + missing +
                                             ", which " + std::string(to_string(kind)) +
                                             " of FMI " + std::to_string(major) +
                                             " needs; export the FMU anew"};
  }
  return std::unique_ptr<const Library>(std::move(library));
}

Result<const Library*> Libraries::open(const std::filesystem::path& file, int major,
                                       Interface kind) {
  const std::scoped_lock lock(mutex_);
  auto& place = open_[static_cast<std::size_t>(kind)];
  if (!place) {
    GEMEL_ASSIGN(place, Library::open(file, major, kind));
  }
  return place.get();
}

bool Libraries::take_only_place() {
  const std::scoped_lock lock(mutex_);
  return !std::exchange(taken_, true);
}

void Libraries::leave_only_place() {
  const std::scoped_lock lock(mutex_);
  taken_ = false;
}

}  // namespace gemel::fmu::detail
