#include "app/remote.hpp"

#include <cstdlib>
#include <fstream>

#include <pwd.h>
#include <unistd.h>

#include "base/text.hpp"

namespace gemel::app {
namespace {

/// As the session says, else as the system does: containers and services have no $USER.
std::string own_name() {
  if (const char* user = std::getenv("USER"); user != nullptr && *user != '\0') return user;
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : "uid-" + std::to_string(geteuid());
}

}  // namespace

void add_remote_options(CLI::App* command, const std::shared_ptr<RemoteOptions>& options) {
  options->remote.user = own_name();
  if (const char* token = std::getenv("GEMEL_TOKEN")) options->remote.token = token;
  command->add_option("--url", options->remote.url, "Where the twin runs.")->capture_default_str();
  command->add_option("--as", options->remote.user,
                      "Who asks, where no tokens are needed (default: you).");
  command->add_option("--token-file", options->token_file,
                      "File that holds your token (or set GEMEL_TOKEN).");
  command->add_flag("--json", options->json, "Print the answer as JSON.");
}

Result<Json> ask(const RemoteOptions& options, const std::string& method, const std::string& target,
                 const Json& body) {
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

}  // namespace gemel::app
