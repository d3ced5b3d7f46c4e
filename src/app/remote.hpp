#pragma once
// What the commands share that ask a running twin over its API.

#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include "app/client.hpp"
#include "base/result.hpp"

namespace gemel::app {

using Json = nlohmann::json;

struct RemoteOptions {
  Remote remote;
  std::string token_file;
  bool json = false;
};

void add_remote_options(CLI::App* command, const std::shared_ptr<RemoteOptions>& options);

/// Errors: those of call(); NotFound (no token in the file), Internal (the answer is no JSON).
Result<Json> ask(const RemoteOptions& options, const std::string& method, const std::string& target,
                 const Json& body = Json::object());

}  // namespace gemel::app
