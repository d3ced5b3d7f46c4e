// The history in PostgreSQL: a schema of its own for each.

#include <gtest/gtest.h>

#include "backend.hpp"
#include "base/log.hpp"
#include "postgres/postgres_history.hpp"
#include "postgres_server.hpp"

namespace gemel::testing {
namespace {

class Schema final : public Place {
 public:
  Schema(PostgresServer& server, Duration commit_every)
      : server_(server), schema_(server.new_schema()), commit_every_(commit_every) {}

  std::unique_ptr<History> open(const Plant& plant) override {
    auto opened = postgres::open(
        {.url = server_.url(), .schema = schema_, .plant = &plant, .commit_every = commit_every_});
    if (opened) return std::move(*opened);
    ADD_FAILURE() << opened.error().message;
    return nullptr;
  }

 private:
  PostgresServer& server_;
  const std::string schema_;
  const Duration commit_every_;
};

Backend in_postgres(std::string name, Duration commit_every) {
  return {.name = std::move(name),
          .make_place = [=](std::uint64_t) -> std::unique_ptr<Place> {
            log::configure(log::Level::Warning, log::Format::Text);
            auto* server = PostgresServer::shared();
            return server == nullptr ? nullptr : std::make_unique<Schema>(*server, commit_every);
          },
          .seeds = 4,
          .absent = PostgresServer::absent()};
}

}  // namespace

std::vector<Backend> backends() {
  return {in_postgres("Postgres", {}),
          in_postgres("PostgresSyncedLater", Duration::milliseconds(50))};
}

}  // namespace gemel::testing
