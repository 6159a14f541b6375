#include "pitview/http/openapi.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "pitview/json/document.h"
#include "support.h"

namespace pitview::http {
namespace {

enum class Status { waiting, in_progress };
BOOST_DESCRIBE_ENUM(Status, waiting, in_progress)
struct JobPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(JobPath, (), (id))
struct JobQuery {
  std::optional<Status> status;
  std::optional<json::Int<1, 200>> limit;
  std::vector<std::string> tag;
};
BOOST_DESCRIBE_STRUCT(JobQuery, (), (status, limit, tag))
struct Change {
  Status status = Status::waiting;
};
BOOST_DESCRIBE_STRUCT(Change, (), (status))

OpenApi sample() {
  OpenApi api({"PitView", "1.2.3", "What it is.", "/", {{"x-colour", "\"green\""}}});
  api.add({.method = Method::get,
           .path = "/api/jobs",
           .operation_id = "list_jobs",
           .summary = "Jobs",
           .tag = "jobs",
           .permission = "jobs_read",
           .parameters = api.query_parameters<JobQuery>(),
           .response = api.schema<std::vector<Change>>(),
           .may_be_empty = true});
  api.add({.method = Method::get,
           .path = "/healthz",
           .operation_id = "health",
           .summary = "Alive",
           .tag = "server",
           .bearer = false,
           .status = 204});
  api.add({.method = Method::patch,
           .path = "/api/jobs/{id}",
           .operation_id = "change_job",
           .summary = "Change",
           .tag = "jobs",
           .parameters = api.path_parameters<JobPath>(),
           .request = api.schema<Change>(),
           .response = api.schema<Change>(),
           .problems = {Errc::not_found, Errc::pit_busy, Errc::conflict}});
  api.add({.method = Method::del,
           .path = "/api/jobs/{id}",
           .operation_id = "drop_job",
           .summary = "Drop",
           .tag = "jobs",
           .parameters = api.path_parameters<JobPath>(),
           .status = 204});
  return api;
}

json::View at(json::View view, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) {
    const auto found = view.find(name);
    if (!found) throw std::runtime_error("no member " + std::string(name));
    view = *found;
  }
  return view;
}

TEST(OpenApi, SaysWhatTheTableSays) {
  const std::string text = sample().document();
  const Result<json::Document> document = json::Document::parse(text);
  ASSERT_TRUE(document) << document.error().detail << text;
  const json::View root = document->root();
  EXPECT_EQ(at(root, {"openapi"}).as_string(), "3.1.0");
  EXPECT_EQ(at(root, {"info", "version"}).as_string(), "1.2.3");
  EXPECT_EQ(at(root, {"x-colour"}).as_string(), "green");
  EXPECT_EQ(at(root, {"paths", "/api/jobs", "get", "responses"}).first()->next()->name(), "204");
  EXPECT_EQ(at(root, {"paths", "/api/jobs", "get", "x-permission"}).as_string(), "jobs_read");
  EXPECT_FALSE(at(root, {"paths", "/healthz", "get"}).find("x-permission"));
  EXPECT_EQ(at(root, {"paths"}).size(), 3U);
  EXPECT_EQ(at(root, {"paths"}).first()->name(), "/api/jobs");
  EXPECT_EQ(at(root, {"paths", "/api/jobs/{id}"}).size(), 2U);
  const json::View change = at(root, {"paths", "/api/jobs/{id}", "patch"});
  EXPECT_EQ(at(change, {"operationId"}).as_string(), "change_job");
  EXPECT_EQ(at(change, {"requestBody", "content", "application/json", "schema", "$ref"}).as_string(),
            "#/components/schemas/Change");
  EXPECT_EQ(at(change, {"responses", "409", "description"}).as_string(), "conflict, pit_busy");
  EXPECT_EQ(at(change, {"responses", "401", "description"}).as_string(),
            "unauthenticated, token_expired, session_ended");
  EXPECT_EQ(at(change, {"responses", "413", "description"}).as_string(), "body_too_large");
  EXPECT_FALSE(at(root, {"paths", "/healthz", "get", "responses", "204"}).find("content"));
  EXPECT_EQ(at(root, {"paths", "/healthz", "get", "security"}).size(), 0U);
  EXPECT_EQ(at(root, {"tags"}).size(), 2U);
}

TEST(OpenApi, ParametersAreRequiredOnlyInThePathAndNeverNull) {
  const std::string text = sample().document();
  EXPECT_NE(text.find(R"({"name":"id","in":"path","required":true,)"
                      R"("schema":{"type":"integer","format":"int64","minimum":1}})"),
            std::string::npos);
  EXPECT_NE(
      text.find(R"({"name":"status","in":"query","required":false,"schema":{"$ref":"#/components/schemas/Status"}})"),
      std::string::npos);
  EXPECT_NE(text.find(R"({"name":"tag","in":"query","required":false,"schema":{"type":"array")"), std::string::npos);
}

TEST(OpenApi, EveryReferenceIsThereAndTheBytesAreStable) {
  const std::string text = sample().document();
  EXPECT_EQ(text, sample().document());
  const Result<json::Document> document = json::Document::parse(text);
  ASSERT_TRUE(document);
  const std::string mark = "#/components/schemas/";
  for (auto found = text.find(mark); found != std::string::npos; found = text.find(mark, found + 1)) {
    const auto begin = found + mark.size();
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(at(document->root(), {"components", "schemas"}).find(name)) << name;
  }
}

TEST(OpenApi, AMistakeInTheTableIsNoticedAtStart) {
  OpenApi api = sample();
  const auto add = [&](Method method, std::string path, std::string id, std::vector<Parameter> parameters = {}) {
    api.add({.method = method,
             .path = std::move(path),
             .operation_id = std::move(id),
             .summary = "",
             .tag = "",
             .parameters = std::move(parameters)});
  };
  EXPECT_THROW(add(Method::get, "/x", "list_jobs"), std::logic_error);
  EXPECT_THROW(add(Method::get, "/api/jobs", "other"), std::logic_error);
  EXPECT_THROW(add(Method::get, "/x/{id}", "x"), std::logic_error);
  EXPECT_THROW(add(Method::get, "/x", "x", api.path_parameters<JobPath>()), std::logic_error);
  EXPECT_NO_THROW(add(Method::post, "/api/jobs", "x"));
}

TEST(DocsPage, HasNothingInline) {
  Router router;
  add_docs_page(router, "/api/docs", "/api/openapi.json");
  Request request;
  const auto get = [&](const char* path) { return test::run(router.find(Method::get, path).route->handler(request)); };
  const std::string html = *get("/api/docs").shared_body;
  EXPECT_NE(html.find("src=\"/api/docs/docs.js\" data-spec=\"/api/openapi.json\""), std::string::npos);
  EXPECT_NE(html.find("href=\"/api/docs/docs.css\""), std::string::npos);
  EXPECT_EQ(html.find("style="), std::string::npos);
  EXPECT_EQ(html.find('@'), std::string::npos);
  EXPECT_EQ(get("/api/docs/docs.js").shared_body->find("innerHTML"), std::string::npos);
  EXPECT_EQ(get("/api/docs/docs.css").content_type, "text/css; charset=utf-8");
}

}  // namespace
}  // namespace pitview::http
