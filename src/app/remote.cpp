#include "app/remote.hpp"

#include <cstdlib>
#include <fstream>

#include "base/text.hpp"

namespace gemel::app {

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
