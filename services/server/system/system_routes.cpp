#include "system/system_routes.h"

#include <boost/describe/class.hpp>

#include "pitview/async/deadline.h"
#include "pitview/http/openapi.h"
#include "pitview/json/write.h"

namespace pitview::system {

struct Readiness {
  std::string status;
  std::string database;
  std::string ingest;
};
BOOST_DESCRIBE_STRUCT(Readiness, (), (status, database, ingest))

namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr postgres::Statement kPing{"ping", "SELECT 1"};
constexpr std::chrono::seconds kPingLimit{2};

Awaitable<Response> healthy() { co_return Response::json(200, R"({"status":"ok"})"); }

Awaitable<bool> ping(postgres::Pool& pool) {
  try {
    co_await pool.read_platform(kPing);
    co_return true;
  } catch (const postgres::DatabaseUnavailable&) {
    co_return false;
  }
}

Awaitable<Response> ready(Health health) {
  const bool database = (co_await with_deadline(kPingLimit, ping(health.database.here()))).value_or(false);
  const bool ingest = health.ingest_healthy();
  const bool all = database && ingest;
  const Readiness readiness{all ? "ready" : "not ready", database ? "up" : "down", ingest ? "up" : "down"};
  co_return Response::json(all ? 200 : 503, json::write(readiness));
}

Awaitable<Response> scrape(Metrics& metrics) {
  Response response = Response::text(200, metrics.text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  co_return response;
}

Awaitable<Response> send_document(std::shared_ptr<const std::string> document) {
  Response response = Response::json(200, "");
  response.shared_body = std::move(document);
  co_return response;
}

}  // namespace

void add_system_routes(http::Router& router, Metrics& metrics, Health health) {
  router.add(Method::get, "/healthz", [](const Request&) { return healthy(); });
  router.add(Method::get, "/readyz", [health](const Request&) { return ready(health); });
  router.add(Method::get, "/metrics", [&metrics](const Request&) { return scrape(metrics); });
}

void add_api_document(http::Router& router, std::string document) {
  const auto shared = std::make_shared<const std::string>(std::move(document));
  router.add(Method::get, "/api/openapi.json", [shared](const Request&) { return send_document(shared); });
  http::add_docs_page(router, "/api/docs", "/api/openapi.json");
}

}  // namespace pitview::system
