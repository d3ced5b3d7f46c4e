#include "broker.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gemel::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNewProcess = "-- a new process";  // a line of ours in the broker's log

std::string program(const std::vector<std::string>& places) {
  for (const auto& place : places) {
    if (access(place.c_str(), X_OK) == 0) return place;
  }
  return {};
}

std::string mosquitto_program() {
  return program({"/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto",
                  "/usr/local/bin/mosquitto"});
}

/// A port that was free a moment ago.
std::uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

bool listens(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return connected;
}

pid_t launch(const std::vector<std::string>& words, const fs::path& log, int input = -1) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  if (input >= 0) dup2(input, STDIN_FILENO);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

bool run(const std::vector<std::string>& words, const fs::path& log, int input = -1) {
  int status = 0;
  return waitpid(launch(words, log, input), &status, 0) > 0 && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

bool make_authority(const fs::path& folder, const std::string& name, const fs::path& log) {
  return run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
              "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=" + name,
              "-keyout", folder / (name + ".key"), "-out", folder / (name + ".crt")},
             log);
}

bool make_certificate(const fs::path& folder, const std::string& name, const fs::path& log) {
  std::ofstream(folder / (name + ".ext")) << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
  return run({"openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
              "-nodes", "-subj", "/CN=" + name, "-keyout", folder / (name + ".key"), "-out",
              folder / (name + ".csr")},
             log) &&
         run({"openssl", "x509", "-req", "-in", folder / (name + ".csr"), "-CA", folder / "ca.crt",
              "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "2", "-extfile",
              folder / (name + ".ext"), "-out", folder / (name + ".crt")},
             log);
}

}  // namespace

bool eventually(const std::function<bool()>& happened, std::chrono::seconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!happened()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = fs::temp_directory_path() / "gemel-test-XXXXXX";
  if (mkdtemp(name.data()) != nullptr) path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Certificates Certificates::make(const fs::path& folder) {
  const auto log = folder / "openssl.log";
  if (!make_authority(folder, "ca", log) || !make_authority(folder, "other-ca", log) ||
      !make_certificate(folder, "localhost", log) || !make_certificate(folder, "client", log)) {
    return {};
  }
  const auto file = [&](const char* name) { return (folder / name).string(); };
  return {file("ca.crt"),     file("localhost.crt"), file("localhost.key"),
          file("client.crt"), file("client.key"),    file("other-ca.crt")};
}

bool Broker::available() { return !mosquitto_program().empty(); }

Broker::Broker(const Options& options) : options_(options), port_(free_port()) {
  std::ofstream configuration(folder_.path() / "mosquitto.conf");
  configuration << "listener " << port_ << " 127.0.0.1\n"
                << "allow_anonymous true\n"
                << "persistence true\n"
                << "persistence_location " << folder_.path().string() << "/\n"
                << "max_queued_messages 0\n";
  // As root mosquitto would become the user "mosquitto", who may not write here.
  if (geteuid() == 0) configuration << "user root\n";
  if (options.tls != nullptr) {
    configuration << "cafile " << options.tls->ca << "\ncertfile " << options.tls->server
                  << "\nkeyfile " << options.tls->server_key << "\nrequire_certificate true\n";
  }
  for (const auto& line : options.more) configuration << line << '\n';
}

Broker::~Broker() {
  if (process_ > 0) end(SIGKILL);
}

bool Broker::start() {
  std::ofstream(log(), std::ios::app) << kNewProcess << '\n';
  process_ = launch({mosquitto_program(), "-c", folder_.path() / "mosquitto.conf"}, log());
  if (eventually([&] { return listens(port_); })) return true;
  std::cerr << "mosquitto does not listen: " << std::ifstream(log()).rdbuf() << '\n';
  return false;
}

std::vector<std::string> Broker::saves_each_change() {
  return {"autosave_on_changes true", "autosave_interval 1", "log_type all"};
}

std::set<int> Broker::saved_messages_of(const std::string& client) const {
  const auto received = "Received PUBLISH from " + client + " (";
  std::set<int> taken, saved;
  bool saving = false;
  std::ifstream log(this->log());
  for (std::string line; std::getline(log, line);) {
    if (line == kNewProcess) {
      taken.clear();  // what the last one had not saved it has forgotten
      saving = false;
    }
    // One thread does it all: a line after the save says that this is done.
    if (std::exchange(saving, false)) saved.merge(std::exchange(taken, {}));
    saving = line.find("Saving in-memory database") != std::string::npos;
    if (const auto found = line.find(received); found != std::string::npos)
      taken.insert(std::stoi(line.substr(line.find(", m", found) + 3)));
  }
  return saved;
}

void Broker::stop() { end(SIGTERM); }
void Broker::kill_hard() { end(SIGKILL); }

void Broker::end(int signal) {
  if (process_ <= 0) return;
  kill(process_, signal);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
}

std::string Broker::url() const {
  return (options_.tls != nullptr ? "mqtts://localhost:" : "mqtt://localhost:") +
         std::to_string(port_);
}

bool Broker::publish(const std::string& topic, const std::vector<std::string>& payloads) const {
  const auto lines = folder_.path() / "publish.txt";
  {
    std::ofstream file(lines);
    for (const auto& payload : payloads) file << payload << '\n';
  }
  std::vector<std::string> words{
      "mosquitto_pub", "-h", "localhost", "-p", std::to_string(port_), "-q", "1", "-t",
      topic,           "-l"};
  if (options_.tls != nullptr) {
    words.insert(words.end(), {"--cafile", options_.tls->ca, "--cert", options_.tls->client,
                               "--key", options_.tls->client_key});
  }
  const int input = open(lines.c_str(), O_RDONLY);
  const bool sent = run(words, folder_.path() / "publish.log", input);
  close(input);
  return sent;
}

}  // namespace gemel::testing
