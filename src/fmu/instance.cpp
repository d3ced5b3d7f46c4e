#include "fmu/instance.hpp"

#include "base/check.hpp"

namespace gemel::fmu {

std::string_view to_string(Interface kind) {
  return kind == Interface::CoSimulation ? "co-simulation" : "model exchange";
}

SavedState::~SavedState() {
  if (handle_ != nullptr) of_->free_handle(handle_);
}

const Capabilities& Instance::capabilities() const {
  return options_.kind == Interface::CoSimulation ? *description_.co_simulation
                                                  : *description_.model_exchange;
}

namespace {

Error cannot(const ModelDescription& description, const char* what) {
  return {ErrorCode::Unsupported, description.model_name + " cannot " + what +
                                      " its state (canGetAndSetFMUState, canSerializeFMUState)"};
}

}  // namespace

Result<void> Instance::save(SavedState& state) {
  if (!capabilities().state) return cannot(description_, "save");
  GEMEL_CHECK(state.of_ == nullptr || state.of_ == this);
  state.of_ = this;
  return save_handle(state.handle_);
}

Result<void> Instance::restore(const SavedState& state) {
  GEMEL_CHECK(state.of_ == this && state.handle_ != nullptr);
  return restore_handle(state.handle_);
}

Result<std::string> Instance::serialise(const SavedState& state) {
  if (!capabilities().serialise) return cannot(description_, "serialise");
  GEMEL_CHECK(state.of_ == this && state.handle_ != nullptr);
  return serialise_handle(state.handle_);
}

Result<void> Instance::deserialise(std::string_view bytes, SavedState& state) {
  if (!capabilities().serialise) return cannot(description_, "serialise");
  GEMEL_CHECK(state.of_ == nullptr || state.of_ == this);
  state.of_ = this;
  return deserialise_handle(bytes, state.handle_);
}

}  // namespace gemel::fmu
