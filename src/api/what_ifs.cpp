// The routes that ask what would happen if.

#include <algorithm>
#include <memory>

#include "api/detail/body.hpp"
#include "api/detail/call.hpp"
#include "api/detail/what_if_runs.hpp"
#include "api/what_if_answer.hpp"
#include "base/text.hpp"

namespace gemel::api {
namespace {

constexpr std::size_t kChangesMax = 64;
constexpr double kHorizonMax_s = 10 * 365.25 * 86'400;
constexpr double kMomentsMax = 10'000;
constexpr double kDrawsInRequest = 4'096;  // more are a run's
constexpr double kDrawsMax = 1'000'000;

Result<How> how_member(const Json& object) {
  GEMEL_ASSIGN(const auto how, text_member(object, "how", false));
  if (how.empty() || how == "set") return How::Set;
  if (how == "add") return How::Add;
  if (how == "scale") return How::Scale;
  return Error{ErrorCode::InvalidInput, "how is set, add or scale, not '" + how + "'"};
}

Result<Change> change_of(const Json& written, const Plant& plant) {
  const bool control = written.is_object() && written.contains("control");
  if (!written.is_object() || control == written.contains("quantity")) {
    return Error{ErrorCode::InvalidInput, R"(a change is {"control": "…", "value": 1}, or )"
                                          R"({"quantity": "…", "value": 1, "how": "scale"})"};
  }
  GEMEL_TRY(only_members(written, {"control", "quantity", "value", "how"}));
  Change change;
  GEMEL_ASSIGN(const auto name, text_member(written, control ? "control" : "quantity", true));
  if (control) {
    GEMEL_ASSIGN(change.control, plant.find_control(name));
  } else {
    change.quantity = name;
  }
  GEMEL_ASSIGN(change.value, number_member(written, "value", std::nullopt, -1e300, 1e300));
  GEMEL_ASSIGN(change.how, how_member(written));
  return change;
}

Result<Uncertain> uncertain_of(const Json& written) {
  if (!written.is_object()) {
    return Error{ErrorCode::InvalidInput,
                 R"-(what is uncertain is {"quantity": "…", "distribution": "normal(3, 0.5)"})-"};
  }
  GEMEL_TRY(only_members(written, {"quantity", "distribution", "how"}));
  Uncertain uncertain;
  GEMEL_ASSIGN(uncertain.quantity, text_member(written, "quantity", true));
  GEMEL_ASSIGN(const auto distribution, text_member(written, "distribution", true));
  GEMEL_ASSIGN(uncertain.distribution, Distribution::parse(distribution));
  GEMEL_ASSIGN(uncertain.how, how_member(written));
  return uncertain;
}

template <class Item, class Read>
Result<std::vector<Item>> list_member(const Json& body, const char* name, Read read) {
  std::vector<Item> items;
  if (!body.contains(name)) return items;
  if (!body[name].is_array() || body[name].size() > kChangesMax) {
    return Error{ErrorCode::InvalidInput,
                 std::string(name) + " must be a list of at most " + std::to_string(kChangesMax)};
  }
  for (const auto& written : body[name]) {
    GEMEL_ASSIGN(auto item, read(written));
    items.push_back(std::move(item));
  }
  return items;
}

Result<Sampling> sampling_member(const Json& body) {
  GEMEL_ASSIGN(const auto sampling, text_member(body, "sampling", false));
  if (sampling.empty() || sampling == "random") return Sampling::Random;
  if (sampling == "sobol") return Sampling::Sobol;
  return Error{ErrorCode::InvalidInput, "sampling is random or sobol, not '" + sampling + "'"};
}

/// A question, understood: who answers it, from where.
struct Question {
  std::shared_ptr<const Simulator> simulator;
  std::shared_ptr<const Snapshot> start;
  Scenario scenario;
  bool beside_now = false;
  Json body;
};

Result<Question> question_of(const Call& call, double draws_max) {
  Question question;
  GEMEL_ASSIGN(question.body,
               body_with(call, {"at", "known_at", "simulator", "changes", "uncertain", "sampling",
                                "horizon_s", "step_s", "draws", "seed", "beside_now"}));
  const auto& body = question.body;
  GEMEL_ASSIGN(const auto at, time_member(body, "at"));
  GEMEL_ASSIGN(const auto known_at, time_member(body, "known_at"));
  GEMEL_ASSIGN(const auto name, text_member(body, "simulator", false));
  auto& scenario = question.scenario;
  GEMEL_ASSIGN(scenario.changes, list_member<Change>(body, "changes", [&](const Json& written) {
                 return change_of(written, call.plant());
               }));
  GEMEL_ASSIGN(scenario.uncertain, list_member<Uncertain>(body, "uncertain", uncertain_of));
  GEMEL_ASSIGN(scenario.sampling, sampling_member(body));
  GEMEL_ASSIGN(const auto horizon_s, number_member(body, "horizon_s", 600, 1e-3, kHorizonMax_s));
  GEMEL_ASSIGN(const auto step_s,
               number_member(body, "step_s",
                             std::clamp(horizon_s / 120, std::min(5.0, horizon_s), horizon_s),
                             horizon_s / kMomentsMax, horizon_s));
  GEMEL_ASSIGN(const auto draws, number_member(body, "draws", 64, 1, draws_max));
  GEMEL_ASSIGN(const auto seed, number_member(body, "seed", 1, 0, 9'007'199'254'740'992.0));
  scenario.horizon = Duration::from_seconds(horizon_s);
  scenario.step = Duration::from_seconds(step_s);
  scenario.draws = static_cast<std::uint32_t>(draws);
  scenario.seed = static_cast<std::uint64_t>(seed);
  if (body.contains("beside_now") && !body["beside_now"].is_boolean())
    return Error{ErrorCode::InvalidInput, "beside_now is true or false"};
  question.beside_now = body.value("beside_now", false);
  GEMEL_ASSIGN(question.simulator, call.engine.simulator(name));
  GEMEL_ASSIGN(const auto start, moment(call, at, known_at));
  question.start = start.snapshot;
  GEMEL_ASSIGN(scenario, settled(call.plant(), *start.snapshot, std::move(scenario)));
  return question;
}

Result<Json> answer_of(const Question& question, const Progress& progress) {
  const auto at = question.start->at;
  if (!question.beside_now) {
    GEMEL_ASSIGN(const auto outcome,
                 question.simulator->what_if(*question.start, question.scenario, progress));
    return encode(outcome, at);
  }
  GEMEL_ASSIGN(const auto both,
               compare(*question.simulator, *question.start, question.scenario, progress));
  return encode(both, at);
}

}  // namespace

std::string to_json(const WhatIfAnswer& answer, Timestamp at) { return encode(answer, at).dump(); }

std::string to_json(const std::vector<Adjustable>& adjustables) {
  return encode_all(adjustables).dump();
}

Answer get_simulators(const Call& call) {
  Json out = Json::array();
  for (const auto& spec : call.plant().simulators) {
    auto one = encode(spec, call.plant());
    const auto simulator = call.engine.simulator(spec.name);
    one["ready"] = bool(simulator);
    one["adjustables"] = Json::array();
    if (simulator) {
      one["version"] = (*simulator)->version();
      one["summary"] = (*simulator)->summary();
      one["adjustables"] = encode_all((*simulator)->adjustables());
    } else {
      one["why"] = simulator.error().message;
    }
    out.push_back(std::move(one));
  }
  return Json{{"simulators", std::move(out)}};
}

Answer what_if(const Call& call) {
  GEMEL_ASSIGN(const auto question, question_of(call, kDrawsInRequest));
  GEMEL_ASSIGN(const auto answer, answer_of(question, {}));
  return answer;
}

Answer start_what_if(const Call& call) {
  GEMEL_ASSIGN(auto question, question_of(call, kDrawsMax));
  auto body = question.body;
  GEMEL_ASSIGN(const auto id,
               call.what_ifs.submit(call.who.user, std::move(body),
                                    [question = std::move(question)](const Progress& progress) {
                                      return answer_of(question, progress);
                                    }));
  GEMEL_ASSIGN(const auto run, call.what_ifs.look(id));
  return run;
}

Answer get_what_ifs(const Call& call) { return Json{{"runs", call.what_ifs.all()}}; }

Answer get_what_if(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_ASSIGN(const auto run, call.what_ifs.look(id));
  return run;
}

Answer stop_what_if(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_TRY(call.what_ifs.stop(id));
  GEMEL_ASSIGN(const auto run, call.what_ifs.look(id));
  return run;
}

}  // namespace gemel::api
