// gemel status | recommendations: they ask a running twin over its API.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/remote.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace gemel::app {
namespace {

using Json = nlohmann::json;

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
  add_recommendations(app, chosen);
}

}  // namespace gemel::app
