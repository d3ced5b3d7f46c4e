// gemel status | whatif | recommendations: they ask a running twin over its API.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace gemel::app {
namespace {

using Json = nlohmann::json;

struct RemoteOptions {
  Remote remote;
  std::string token_file;
  bool json = false;
};

void add_remote_options(CLI::App* command, const std::shared_ptr<RemoteOptions>& options) {
  if (const char* user = std::getenv("USER")) options->remote.user = user;
  if (const char* token = std::getenv("GEMEL_TOKEN")) options->remote.token = token;
  command->add_option("--url", options->remote.url, "Where the twin runs.")->capture_default_str();
  command->add_option("--as", options->remote.user,
                      "Who asks, where no tokens are needed (default: $USER).");
  command->add_option("--token-file", options->token_file,
                      "File that holds your token (or set GEMEL_TOKEN).");
  command->add_flag("--json", options->json, "Print the answer as JSON.");
}

Result<Json> ask(const RemoteOptions& options, const std::string& method, const std::string& target,
                 const Json& body = Json::object()) {
  Remote remote = options.remote;
  if (!options.token_file.empty()) {
    std::ifstream file(options.token_file);
    if (!std::getline(file, remote.token)) {
      return Error{ErrorCode::NotFound, "can't read a token from " + options.token_file};
    }
    remote.token = text::trim(remote.token);
  }
  GEMEL_ASSIGN(const auto answer, call(remote, method, target, body.dump()));
  auto json = Json::parse(answer, nullptr, false);
  if (json.is_discarded()) {
    return Error{ErrorCode::Internal,
                 "what answers at " + remote.url + " does not speak Gemel's API"};
  }
  return json;
}

std::string number_of(const Json& value) {
  return value.is_number() ? text::rounded(value.get<double>()) : "-";
}

/// Runs `print` on the answer. The answers come from a server that may be another version: a member
/// that is missing there must not end in an exception.
template <class Print>
int show(const RemoteOptions& options, const Result<Json>& answer, Print&& print) {
  if (!answer) return fail(answer.error());
  if (options.json) {
    std::printf("%s\n", answer->dump(2).c_str());
    return kDone;
  }
  try {
    print(*answer);
    return kDone;
  } catch (const Json::exception& error) {
    return fail(
        {ErrorCode::Internal,
         std::string("the twin's answer lacks something (another version?): ") + error.what()});
  }
}

// --- status
// --------------------------------------------------------------------------------------------------------

void print_status(const Json& status) {
  const auto text_of = [&](const char* name) { return status.at(name).get<std::string>(); };
  const auto& history = status.at("history");
  Table table({"plant", text_of("plant")});
  table.add({"program", text_of("version")});
  table.add({"running since", text_of("started")});
  for (const auto& source : status.at("sources")) {
    table.add(
        {"source " + source.at("name").get<std::string>(),
         source.at("state").get<std::string>() + " " + source.at("detail").get<std::string>()});
  }
  table.add({"samples in history", history.at("samples").dump()});
  table.add({"events in history", history.at("events").dump()});
  table.add({"bytes on disk", history.at("bytes_on_disk").dump()});
  const auto trouble = history.at("trouble").get<std::string>();
  if (!trouble.empty()) table.add({"TROUBLE", trouble});
  table.add({"samples since start", status.at("samples").dump()});
  table.add({"samples waiting", status.at("inbox_depth").dump()});
  for (const auto& name : status.at("untrained"))
    table.add({"still learning", name.get<std::string>()});
  std::printf("%s", table.to_text().c_str());
}

void print_open_alarms(const Json& answer) {
  Table table({"alarm", "priority", "state", "since", "what"});
  for (const auto& alarm : answer.at("alarms")) {
    const bool active = alarm.at("cleared_at").is_null(),
               seen = !alarm.at("acknowledged_at").is_null();
    if (!active && seen) continue;
    table.add({alarm.at("id").dump(), alarm.at("priority").get<std::string>(),
               std::string(active ? "active" : "cleared") + (seen ? ", acknowledged" : ""),
               alarm.at("raised_at").get<std::string>(),
               alarm.at("asset").get<std::string>() + ": " + alarm.at("name").get<std::string>()});
  }
  if (table.empty())
    std::printf("\nno open alarms\n");
  else
    std::printf("\n%s", table.to_text().c_str());
}

void add_status(CLI::App& app, Chosen& chosen) {
  auto* command =
      app.add_subcommand("status", "Show how a running twin is: sources, history, open alarms.");
  auto options = std::make_shared<RemoteOptions>();
  add_remote_options(command, options);
  command->footer("Example:\n  gemel status --url http://127.0.0.1:8080");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token) {
      const int shown = show(*options, ask(*options, "GET", "/api/v1/status"), print_status);
      if (shown != kDone || options->json) return shown;
      return show(*options, ask(*options, "GET", "/api/v1/alarms"), print_open_alarms);
    };
  });
}

// --- what-if
// -------------------------------------------------------------------------------------------------------

void print_outcomes(const Json& with, const Json& without) {
  std::printf("from %s, %s steps\n\n", with.at("at").get<std::string>().c_str(),
              std::to_string(with.at("times_s").size()).c_str());
  Table table({"at the horizon", "unit", "as now", "with the change", "90 % interval"});
  const auto last = [](const Json& series) { return series.empty() ? Json() : series.back(); };
  for (std::size_t i = 0; i < with.at("signals").size(); ++i) {
    const auto& signal = with.at("signals")[i];
    table.add({signal.at("signal").get<std::string>(), signal.at("unit").get<std::string>(),
               number_of(last(without.at("signals")[i].at("mean"))),
               number_of(last(signal.at("mean"))),
               number_of(last(signal.at("low"))) + " … " + number_of(last(signal.at("high")))});
  }
  for (std::size_t i = 0; i < with.at("indicators").size(); ++i) {
    const auto& indicator = with.at("indicators")[i];
    table.add({indicator.at("name").get<std::string>(), indicator.at("unit").get<std::string>(),
               number_of(without.at("indicators")[i].at("mean")), number_of(indicator.at("mean")),
               number_of(indicator.at("low")) + " … " + number_of(indicator.at("high"))});
  }
  std::printf("%s", table.to_text().c_str());
  for (const auto& warning : with.at("warnings"))
    std::printf("warning: %s\n", warning.get<std::string>().c_str());
}

Result<Json> parse_change(const std::string& text) {
  const auto equals = text.find('=');
  double value = 0;
  if (equals == std::string::npos ||
      !text::parse_number(std::string_view(text).substr(equals + 1), value)) {
    return Error{
        ErrorCode::InvalidInput,
        "'" + text + "' is no change; write control=value, such as pump_1.speed_setpoint=1500"};
  }
  return Json{{"control", text.substr(0, equals)}, {"value", value}};
}

void add_what_if(CLI::App& app, Chosen& chosen) {
  struct WhatIf {
    std::vector<std::string> changes;
    std::string at;
    std::string horizon = "10 min";
    int draws = 64;
    std::uint64_t seed = 1;
  };
  auto* command = app.add_subcommand(
      "whatif", "Ask a running twin what a change would do. Changes nothing in the plant.");
  auto options = std::make_shared<RemoteOptions>();
  auto asked = std::make_shared<WhatIf>();
  command->add_option("--set", asked->changes, "A change, control=value; may be repeated.");
  command->add_option("--horizon", asked->horizon, "How far to look.")->capture_default_str();
  command->add_option("--at", asked->at, "Start from this moment of the past (default: now).");
  command->add_option("--draws", asked->draws, "Futures to simulate.")->capture_default_str();
  command->add_option("--seed", asked->seed, "Seed of the futures.")->capture_default_str();
  add_remote_options(command, options);
  command->footer(
      "Example:\n  gemel whatif --set pump_1.speed_setpoint=1600 --set valve_1.position=80 "
      "--horizon 30min");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token) -> int {
      const auto horizon = parse_duration(asked->horizon);
      if (!horizon) return fail(horizon.error());
      Json body{
          {"horizon_s", horizon->in_seconds()}, {"draws", asked->draws}, {"seed", asked->seed}};
      body["step_s"] = std::max(horizon->in_seconds() / 100.0, 1e-3);
      if (!asked->at.empty()) body["at"] = asked->at;
      const auto without = ask(*options, "POST", "/api/v1/whatif", body);
      if (!without) return fail(without.error());
      for (const auto& text : asked->changes) {
        const auto change = parse_change(text);
        if (!change) return fail(change.error());
        body["changes"].push_back(*change);
      }
      return show(*options, ask(*options, "POST", "/api/v1/whatif", body),
                  [&](const Json& with) { print_outcomes(with, *without); });
    };
  });
}

// --- recommendations
// -----------------------------------------------------------------------------------------------

void print_recommendation(const Json& one) {
  std::printf("%s  %s\n", one.at("id").dump().c_str(), one.at("title").get<std::string>().c_str());
  std::printf("    rank %s, confidence %.0f %%, expires %s\n", one.at("rank").dump().c_str(),
              one.at("confidence").get<double>() * 100,
              one.at("expires").get<std::string>().c_str());
  std::printf("    %s\n", one.at("reason").get<std::string>().c_str());
  for (const auto& effect : one.at("effects")) {
    std::printf(
        "    %s: %s -> %s %s (90 %%: %s … %s)\n", effect.at("quantity").get<std::string>().c_str(),
        number_of(effect.at("without")).c_str(), number_of(effect.at("with")).c_str(),
        effect.at("unit").get<std::string>().c_str(), number_of(effect.at("with_low")).c_str(),
        number_of(effect.at("with_high")).c_str());
  }
  for (const auto& evidence : one.at("evidence"))
    std::printf("    because: %s\n", evidence.get<std::string>().c_str());
  if (!one.at("decided").is_null()) {
    std::printf("    %s by %s %s\n", one.at("decided").at("verdict").get<std::string>().c_str(),
                one.at("decided").at("by").get<std::string>().c_str(),
                one.at("decided").at("reason").get<std::string>().c_str());
  }
}

void print_recommendations(const Json& answer, bool all) {
  int shown = 0;
  for (const auto& one : answer.at("recommendations")) {
    if (!all && !one.at("decided").is_null()) continue;
    print_recommendation(one);
    ++shown;
  }
  if (shown == 0) std::printf("nothing to recommend\n");
}

void print_commands(const Json& answer) {
  for (const auto& command : answer.at("commands")) {
    std::printf("command %s: %s = %s %s %s%s%s\n", command.at("id").dump().c_str(),
                command.at("control").get<std::string>().c_str(),
                number_of(command.at("value")).c_str(),
                command.at("unit").get<std::string>().c_str(),
                command.at("admission").get<std::string>().c_str(),
                command.at("admission_reason").get<std::string>().empty() ? "" : ": ",
                command.at("admission_reason").get<std::string>().c_str());
  }
}

void add_recommendations(CLI::App& app, Chosen& chosen) {
  struct Asked {
    std::uint64_t id = 0;
    std::string reason;
    bool all = false;
  };
  auto* command = app.add_subcommand("recommendations",
                                     "List, approve or reject what a running twin recommends.");
  command->require_subcommand(1);
  auto options = std::make_shared<RemoteOptions>();
  auto asked = std::make_shared<Asked>();
  const std::string base = "/api/v1/recommendations";

  auto* list = command->add_subcommand("list", "Those that wait for an answer.");
  list->add_flag("--all", asked->all, "The decided ones too.");
  add_remote_options(list, options);
  list->footer("Example:\n  gemel recommendations list");
  list->callback([=, &chosen] {
    chosen = [=](std::stop_token) {
      return show(*options, ask(*options, "GET", base),
                  [&](const Json& answer) { print_recommendations(answer, asked->all); });
    };
  });

  auto* approve = command->add_subcommand(
      "approve", "Approve one: its commands are judged by the envelope and sent.");
  approve->add_option("id", asked->id, "Its number.")->required();
  add_remote_options(approve, options);
  approve->footer("Example:\n  gemel recommendations approve 17 --as anna");
  approve->callback([=, &chosen] {
    chosen = [=](std::stop_token) {
      return show(*options,
                  ask(*options, "POST", base + "/" + std::to_string(asked->id) + "/approve"),
                  print_commands);
    };
  });

  auto* reject = command->add_subcommand("reject", "Turn one down, with the reason.");
  reject->add_option("id", asked->id, "Its number.")->required();
  reject->add_option("--reason", asked->reason, "Why; it is recorded.")->required();
  add_remote_options(reject, options);
  reject->footer(
      "Example:\n  gemel recommendations reject 17 --reason 'strainer is being cleaned' --as anna");
  reject->callback([=, &chosen] {
    chosen = [=](std::stop_token) {
      return show(*options,
                  ask(*options, "POST", base + "/" + std::to_string(asked->id) + "/reject",
                      {{"reason", asked->reason}}),
                  print_recommendation);
    };
  });
}

}  // namespace

void add_remote(CLI::App& app, Chosen& chosen) {
  add_status(app, chosen);
  add_what_if(app, chosen);
  add_recommendations(app, chosen);
}

}  // namespace gemel::app
