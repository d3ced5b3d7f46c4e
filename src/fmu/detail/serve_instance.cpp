// The child's side of an instance in a process of its own.

#include <csignal>
#include <map>
#include <thread>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fmu/detail/local_instance.hpp"
#include "fmu/detail/wire.hpp"
#include "fmu/fmu.hpp"
#include "fmu/own_process.hpp"

namespace gemel::fmu::detail {
namespace {

class Server {
 public:
  explicit Server(Instance& instance) : instance_(instance) {}

  /// The answer to one call.
  std::string answer(std::string_view question) {
    ByteReader in(question);
    ByteWriter out;
    const auto call = static_cast<Call>(in.fixed<std::uint8_t>());
    out.fixed(true);
    if (const auto done = serve(call, in, out); !done) return refusal(done.error());
    return out.take();
  }

  static std::string refusal(const Error& error) {
    ByteWriter out;
    out.fixed(false);
    put(out, error.code);
    out.text(error.message);
    return out.take();
  }

 private:
  template <class T>
  static T taken(ByteReader& in) {
    T value{};
    take(in, value);
    return value;
  }
  template <class T>
  static Result<void> tell(ByteWriter& out, const Result<T>& result) {
    if (!result) return result.error();
    put(out, *result);
    return {};
  }
  /// A call that fills in so many numbers as the other side asks for.
  template <class Get>
  static Result<void> numbers(ByteReader& in, ByteWriter& out, Get get) {
    std::vector<double> values(in.varint());
    GEMEL_TRY(get(std::span<double>(values)));
    put(out, values);
    return {};
  }

  Result<void> serve(Call call, ByteReader& in, ByteWriter& out) {
    switch (call) {
      case Call::GetNumbers: {
        const auto type = taken<Type>(in);
        const auto references = taken<std::vector<ValueReference>>(in);
        return numbers(in, out, [&](std::span<double> values) {
          return instance_.get_numbers(type, references, values);
        });
      }
      case Call::SetNumbers: {
        const auto type = taken<Type>(in);
        const auto references = taken<std::vector<ValueReference>>(in);
        return instance_.set_numbers(type, references, taken<std::vector<double>>(in));
      }
      case Call::GetTexts: {
        const auto type = taken<Type>(in);
        const auto references = taken<std::vector<ValueReference>>(in);
        return tell(out, instance_.get_texts(type, references, in.varint()));
      }
      case Call::SetTexts: {
        const auto type = taken<Type>(in);
        const auto references = taken<std::vector<ValueReference>>(in);
        return instance_.set_texts(type, references, taken<std::vector<std::string>>(in));
      }
      case Call::EnterInitialisation:
        return instance_.enter_initialisation(taken<Experiment>(in));
      case Call::ExitInitialisation:
        return instance_.exit_initialisation();
      case Call::Terminate:
        return instance_.terminate();
      case Call::Reset:
        return instance_.reset();
      case Call::DoStep: {
        const auto time_s = taken<double>(in);
        return tell(out, instance_.do_step(time_s, taken<double>(in)));
      }
      case Call::EnterStepMode:
        return instance_.enter_step_mode();
      case Call::EnterEventMode:
        return instance_.enter_event_mode();
      case Call::UpdateDiscreteStates:
        return tell(out, instance_.update_discrete_states());
      case Call::EnterContinuousTimeMode:
        return instance_.enter_continuous_time_mode();
      case Call::SetTime:
        return instance_.set_time(taken<double>(in));
      case Call::CountStates:
        return tell(out, instance_.count_states());
      case Call::CountEventIndicators:
        return tell(out, instance_.count_event_indicators());
      case Call::GetStates:
        return numbers(in, out, [&](std::span<double> v) { return instance_.get_states(v); });
      case Call::SetStates:
        return instance_.set_states(taken<std::vector<double>>(in));
      case Call::GetNominals:
        return numbers(in, out, [&](std::span<double> v) { return instance_.get_nominals(v); });
      case Call::GetDerivatives:
        return numbers(in, out, [&](std::span<double> v) { return instance_.get_derivatives(v); });
      case Call::GetEventIndicators:
        return numbers(in, out,
                       [&](std::span<double> v) { return instance_.get_event_indicators(v); });
      case Call::CompletedStep:
        return tell(out, instance_.completed_step());
      case Call::GetClockInterval:
        return tell(out, instance_.get_clock_interval(taken<ValueReference>(in)));
      case Call::GetClockShift:
        return tell(out, instance_.get_clock_shift(taken<ValueReference>(in)));
      case Call::Save:
      case Call::Restore:
      case Call::Serialise:
      case Call::Deserialise:
      case Call::FreeState:
        return serve_state(call, in, out);
      case Call::DirectionalDerivative: {
        const auto unknowns = taken<std::vector<ValueReference>>(in);
        const auto knowns = taken<std::vector<ValueReference>>(in);
        const auto seed = taken<std::vector<double>>(in);
        return numbers(in, out, [&](std::span<double> values) {
          return instance_.directional_derivative(unknowns, knowns, seed, values);
        });
      }
      case Call::TakeLog:
        put(out, instance_.take_log());
        return {};
    }
    return {ErrorCode::Internal, "no such call"};
  }

  /// The other side knows a saved state by a number.
  Result<void> serve_state(Call call, ByteReader& in, ByteWriter& out) {
    auto number = taken<std::uint64_t>(in);
    const bool makes = call == Call::Save || call == Call::Deserialise;
    if (makes && number == 0) number = ++last_state_;
    auto& state = states_[number];
    if (makes) out.fixed(number);
    if (call == Call::Save) return instance_.save(state);
    if (call == Call::Deserialise) return instance_.deserialise(in.text(), state);
    if (call == Call::Restore) return instance_.restore(state);
    if (call == Call::Serialise) return tell(out, instance_.serialise(state));
    states_.erase(number);
    return {};
  }

  Instance& instance_;
  std::map<std::uint64_t, SavedState> states_;
  std::uint64_t last_state_ = 0;
};

}  // namespace

std::string order_of(const Fmu& fmu, const InstanceOptions& options) {
  ByteWriter out;
  put(out, fmu.file().string());
  put(out, fmu.folder().string());
  put(out, options.name);
  put(out, options.kind);
  for (const bool each : {options.logging, options.event_mode, options.early_return})
    put(out, each);
  return out.take();
}

void serve_instance(int socket, std::shared_ptr<const Fmu> fmu, const InstanceOptions& options) {
  // Not those of the parent: another thread may have held their lock when this process was made.
  Libraries libraries;
  const auto instance = make_local(std::move(fmu), libraries, options);
  const std::string made = instance ? std::string(1, '\1') : Server::refusal(instance.error());
  if (!send_message(socket, made) || !instance) return;
  Server server(**instance);
  std::string question;
  while (receive_message(socket, question, std::nullopt) == Received::Whole) {
    if (!send_message(socket, server.answer(question))) return;
  }
}

}  // namespace gemel::fmu::detail

namespace gemel::fmu {
namespace {

constexpr int kSocket = 3;

/// This process ends with the other side, even in a call that does not return. The kernel's own
/// signal for that (PR_SET_PDEATHSIG) would come when the thread ends that started this process.
void end_with_the_other_side() {
  std::thread([] {
    pollfd watched{kSocket, POLLRDHUP, 0};
    while (::poll(&watched, 1, -1) < 0 || watched.revents == 0) {
    }
    ::_exit(0);
  }).detach();
}

}  // namespace

int serve_own_process() {
  const rlimit no_core{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  (void)std::signal(SIGINT, SIG_IGN);  // Ctrl-C is the other side's to act on
  std::string order;
  if (detail::receive_message(kSocket, order, std::nullopt) != detail::Received::Whole) return 2;
  end_with_the_other_side();
  ByteReader in(order);
  std::string file, folder;
  InstanceOptions options;
  detail::take(in, file);
  detail::take(in, folder);
  detail::take(in, options.name);
  detail::take(in, options.kind);
  for (bool* each : {&options.logging, &options.event_mode, &options.early_return})
    detail::take(in, *each);
  if (!in.ok()) return 2;
  auto fmu = Fmu::load_unpacked(file, folder);
  if (!fmu) {
    (void)detail::send_message(kSocket, detail::Server::refusal(fmu.error()));
    return 1;
  }
  detail::serve_instance(kSocket, std::move(*fmu), options);
  ::_exit(0);  // an FMU that is not freed in order is not worth a crash at the end
}

}  // namespace gemel::fmu
