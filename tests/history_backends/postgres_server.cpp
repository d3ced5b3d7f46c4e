#include "postgres_server.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gemel::testing {
namespace {

namespace fs = std::filesystem;

/// The newest version's programs, where Debian and its like put them.
fs::path programs() {
  fs::path newest;
  int version = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int own = std::atoi(entry.path().filename().c_str());
    if (own > version && access((entry.path() / "bin/postgres").c_str(), X_OK) == 0 &&
        access((entry.path() / "bin/initdb").c_str(), X_OK) == 0) {
      version = own;
      newest = entry.path() / "bin";
    }
  }
  return newest;
}

/// Who the server runs as: ourselves, unless we are root.
const passwd* server_user() {
  if (geteuid() != 0) return nullptr;
  const auto* user = getpwnam("postgres");
  return user != nullptr ? user : getpwnam("nobody");
}

/// Starts a program as the server's user. It ends with us, however we end.
pid_t launch(const std::vector<std::string>& words, const fs::path& folder, const fs::path& out) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const auto* user = server_user();
  const pid_t child = fork();
  if (child != 0) return child;
  if (user != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
    _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (chdir(folder.c_str()) != 0) _exit(126);
  const int file = open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(file, STDOUT_FILENO);
  const int log = open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(log, STDERR_FILENO);
  unsetenv("PGOPTIONS");
  execv(arguments[0], arguments.data());
  _exit(127);
}

bool run(const std::vector<std::string>& words, const fs::path& folder, const fs::path& out) {
  int status = 0;
  return waitpid(launch(words, folder, out), &status, 0) > 0 && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

bool eventually(const std::function<bool()>& happened) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!happened()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace

std::string PostgresServer::absent() {
  if (!programs().empty()) return {};
  return "PostgreSQL's server is not on this machine; apt-get install postgresql";
}

PostgresServer* PostgresServer::shared() {
  static PostgresServer server;
  // What one test did to it, or could not do, is not the next one's trouble.
  return server.answers_ && !server.has_ended() ? &server : server.start() ? &server : nullptr;
}

PostgresServer::PostgresServer() {
  // Its processes become our children when it dies before them, so that their ends can be awaited.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::string name = fs::temp_directory_path() / "gemel-postgres-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) return;
  folder_ = name;
  const auto* user = server_user();
  if (user != nullptr && chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) folder_.clear();
}

PostgresServer::~PostgresServer() {
  kill_hard();
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

bool PostgresServer::make_cluster() {
  if (fs::exists(folder_ / "data/PG_VERSION")) return true;
  return run({programs() / "initdb", "--pgdata", folder_ / "data", "--username", "postgres",
              "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"},
             folder_, folder_ / "log");
}

bool PostgresServer::start() {
  if (folder_.empty() || absent() != "" || !make_cluster()) {
    say_why("there is no cluster");
    return false;
  }
  if (has_ended())
    process_ = launch({programs() / "postgres", "-D", folder_ / "data", "-k", folder_, "-c",
                       "listen_addresses=", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"},
                      folder_, folder_ / "log");
  const bool settled = eventually([&] {
    answers_ = sql("SELECT 1") == "1";
    return answers_ || has_ended();
  });
  if (!answers_) say_why(settled ? "it ended" : "it did not answer in time");
  return answers_;
}

/// Or was never started.
bool PostgresServer::has_ended() {
  int status = 0;
  if (process_ > 0 && waitpid(process_, &status, WNOHANG) == process_) process_ = -1;
  return process_ <= 0;
}

void PostgresServer::say_why(const std::string& what) const {
  std::ifstream log(folder_ / "log");
  std::cerr << "PostgreSQL does not start: " << what << "; its log: " << log.rdbuf() << '\n';
}

/// The server and its children; each of them leads a session of its own.
std::vector<pid_t> PostgresServer::processes() const {
  std::vector<pid_t> found{process_};
  const auto id = std::to_string(process_);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  std::copy(std::istream_iterator<pid_t>(children), {}, std::back_inserter(found));
  return found;
}

void PostgresServer::kill_hard() {
  answers_ = false;
  if (has_ended()) return;
  int status = 0;
  kill(process_, SIGSTOP);
  waitpid(process_, &status, WUNTRACED);  // from here on it starts no more of them
  const auto all = processes();
  for (const auto process : all) kill(process, SIGKILL);
  // A server refuses to start while a process of the one before still holds the shared memory, and
  // on a busy machine some take long to go.
  for (const auto process : all) waitpid(process, &status, 0);
  process_ = -1;
}

std::string PostgresServer::url() const {
  return "postgresql:///postgres?user=postgres&host=" + folder_.string();
}

std::string PostgresServer::new_schema() { return "history_" + std::to_string(++schemas_); }

std::string PostgresServer::sql(const std::string& statements) const {
  const auto out = folder_ / "answer";
  std::error_code ignored;
  fs::remove(out, ignored);
  if (!run({programs() / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(), "-c",
            statements},
           folder_, out))
    return {};
  std::ifstream answer(out);
  std::string text{std::istreambuf_iterator<char>(answer), {}};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace gemel::testing
