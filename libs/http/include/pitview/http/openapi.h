// The OpenAPI 3.1 document of the API, written from the endpoint table, and a
// page for people to read it.
//
//   OpenApi api({.title = "PitView", .version = "0.1.0"});
//   api.add({.method = Method::get, .path = "/api/jobs/{id}", .operation_id = "get_job",
//            .summary = "One job", .tag = "jobs", .parameters = api.path_parameters<JobPath>(),
//            .response = api.schema<Job>(), .problems = {Errc::not_found}});
//   router.add(Method::get, "/api/openapi.json", …api.document()…);
//
// The same table always gives the same bytes, so that the file in contracts/ and
// the TypeScript client can be compared with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pitview/base/error.h"
#include "pitview/http/message.h"
#include "pitview/http/router.h"
#include "pitview/json/schema.h"

namespace pitview::http {

struct Parameter {
  std::string in;  // "path" or "query"
  json::MemberSchema member;
  std::string description = {};
};

inline constexpr std::string_view kJson = "application/json";

struct Operation {
  Method method = Method::get;
  std::string path;
  std::string operation_id;
  std::string summary;
  std::string description = {};
  std::string tag;
  bool bearer = true;           // needs an access token: adds unauthenticated and token_expired by itself
  bool device = false;          // instead: a device's own id and password (Basic); adds unauthenticated
  std::string permission = {};  // who may, in the words of the document's reader: x-permission
  std::vector<Parameter> parameters = {};
  std::optional<json::Schema> request = {};
  std::string request_content_type = std::string(kJson);
  int status = 200;
  std::optional<json::Schema> response = {};  // none: no body, or not JSON
  std::string response_content_type = std::string(kJson);
  bool may_be_empty = false;  // 204 where there is nothing to answer
  bool may_be_known = false;  // 304 for who has the answer already
  std::vector<Errc> problems = {};
};

struct ApiInfo {
  std::string title;
  std::string version;
  std::string description = {};
  std::string server_url = "/";
  std::vector<std::pair<std::string, std::string>> extensions = {};  // "x-…" and its JSON
};

class OpenApi {
 public:
  explicit OpenApi(ApiInfo info);

  template <class T>
  json::Schema schema() {
    return json::schema_of<T>(registry_);
  }
  template <json::DescribedStruct T>
  std::vector<Parameter> path_parameters() {
    return parameters("path", json::members_of<T>(registry_));
  }
  template <json::DescribedStruct T>
  std::vector<Parameter> query_parameters() {
    return parameters("query", json::members_of<T>(registry_));
  }

  json::SchemaRegistry& registry() noexcept { return registry_; }

  // std::logic_error when method and path, or the operation id, are taken, or the
  // parameters in the path are not those described.
  void add(Operation operation);

  std::string document() const;

 private:
  static std::vector<Parameter> parameters(std::string_view in, std::vector<json::MemberSchema> members);

  ApiInfo info_;
  json::SchemaRegistry registry_;
  std::vector<Operation> operations_;
};

// A page that lists what the document at `spec_url` says, at `path`, with its
// style and script beside it (path + "/docs.css", "/docs.js"): the
// Content-Security-Policy allows nothing inline.
void add_docs_page(Router& router, const std::string& path, const std::string& spec_url);

}  // namespace pitview::http
