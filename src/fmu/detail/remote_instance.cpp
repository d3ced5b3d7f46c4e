#include "fmu/detail/local_instance.hpp"
namespace gemel::fmu::detail {
Result<std::unique_ptr<Instance>> make_remote(std::shared_ptr<const Fmu>, const InstanceOptions&) {
  return Error{ErrorCode::Unsupported, "not yet"};
}
}
