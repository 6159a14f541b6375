// The endpoint table: one row says where an endpoint is, who may use it, what it
// takes and gives and how it can fail. From the row come the route, the checks
// before the handler, the OpenAPI document and the TypeScript client.
//
//   api.add<PitPath, HistoryQuery, Nothing, std::vector<Sample>>(
//       {.method = Method::get, .path = "/api/pits/{id}/sensors/history",
//        .needs = Needs(Permission::telemetry_read), .id = "get_sensor_history",
//        .summary = "…", .tag = "telemetry", .problems = {Errc::not_found}},
//       [this](Caller& caller, auto input) { return history(caller, std::move(input)); });
//
// `needs` has no default: a row that forgets it does not compile.
#pragma once

#include <boost/describe/class.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pitview/base/result.h"
#include "pitview/domain/principal.h"
#include "pitview/http/openapi.h"
#include "pitview/http/router.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"
#include "pitview/postgres/errors.h"

namespace pitview::api {

using http::Method;

// "No path parameters", "no query", "no body", "no answer".
struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

// An answer of bytes. One that may be missing is a std::optional: 204 when it is empty.
struct Binary {
  std::string bytes;
  std::string content_type = {};  // "": that of the row
  bool not_modified = false;      // 304: the client has them already
};
// An answer too long to be held: made while it is sent, of the row's bytes_type.
struct Streamed {
  std::shared_ptr<const http::BodySource> source;
};
inline constexpr std::string_view kBinaryType = "application/octet-stream";

// A body of bytes, taken as it is: Caller::request.body.
struct Upload {};
BOOST_DESCRIBE_STRUCT(Upload, (), ())

class Needs {
 public:
  explicit constexpr Needs(Permission permission) : permission_(permission) {}
  // Open also to who must change a temporary password first (decision D32).
  constexpr Needs before_password_change() const {
    Needs needs = *this;
    needs.before_password_change_ = true;
    return needs;
  }

  // With Permission::anyone: few callers who ask for many and sign what they say. The handler checks that, and limits
  // who has no signature.
  constexpr Needs signed_by_the_caller() const {
    Needs needs = *this;
    needs.signed_by_the_caller_ = true;
    return needs;
  }

  constexpr Permission permission() const { return permission_; }
  constexpr bool is_before_password_change() const { return before_password_change_; }
  constexpr bool is_signed_by_the_caller() const { return signed_by_the_caller_; }

 private:
  Permission permission_;
  bool before_password_change_ = false;
  bool signed_by_the_caller_ = false;
};

struct Row {
  Method method;
  std::string path;
  Needs needs;
  std::string id;
  std::string summary;
  std::string tag;
  std::string description = {};
  int status = 200;
  std::vector<Errc> problems = {};
  std::size_t body_limit = http::RouteOptions{}.body_limit;  // bytes
  std::string_view bytes_type = kBinaryType;                 // of an Upload, a Binary or a Streamed
  bool may_be_known = false;                                 // a Binary that may be not_modified
};

template <class Out>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

// The request's side of a call. `headers` are added to the response.
struct Caller {
  Principal principal;  // all zero where the row needs Permission::anyone, a device for device_self
  const http::Request& request;
  std::vector<http::Pair> headers = {};
};

template <class Path, class Query, class Body>
struct Input {
  Path path;
  Query query;
  Body body;
};

// What stands before every handler: rate limits, authentication, a password that
// must be changed, permission.
class Gate {
 public:
  virtual ~Gate() = default;
  virtual Awaitable<Result<Principal>> admit(const http::Request& request, Needs needs) = 0;
};

// 503 unavailable, with one log line.
http::Response database_away(std::string_view reason, const std::string& request_id);
inline constexpr std::string_view kStatementTimeout = "57014";  // query_canceled

class Api {
 public:
  Api(http::Router& router, http::OpenApi& document, Gate& gate) : router_(router), document_(document), gate_(gate) {}

  template <class Path, class Query, class Body, class Out>
  void add(Row row, std::function<Awaitable<Result<Out>>(Caller&, Input<Path, Query, Body>)> handler) {
    document_row<Path, Query, Body, Out>(row);
    auto endpoint = std::make_shared<Endpoint<Path, Query, Body, Out>>(
        Endpoint<Path, Query, Body, Out>{gate_, row, std::move(handler)});
    router_.add(row.method, row.path, [endpoint](const http::Request& request) { return endpoint->answer(request); },
                {.body_limit = row.body_limit});
    rows_.push_back(std::move(row));
  }

  // For tests that walk every endpoint.
  const std::vector<Row>& rows() const noexcept { return rows_; }

 private:
  template <class Path, class Query, class Body, class Out>
  struct Endpoint {
    Gate& gate;
    Row row;
    std::function<Awaitable<Result<Out>>(Caller&, Input<Path, Query, Body>)> handler;

    // A database that is away or too slow is no fault of the request; every other exception
    // goes to the HTTP server, which answers 500.
    Awaitable<http::Response> answer(const http::Request& request) const {
      try {
        co_return co_await handle(request);
      } catch (const postgres::DatabaseUnavailable& e) {
        co_return database_away(e.what(), request.request_id);
      } catch (const postgres::QueryFailed& e) {
        if (e.sqlstate() != kStatementTimeout) throw;
        co_return database_away(e.what(), request.request_id);
      }
    }

    Awaitable<http::Response> handle(const http::Request& request) const {
      Result<Principal> principal = co_await gate.admit(request, row.needs);
      if (!principal) co_return http::problem(principal.error(), request.request_id);
      Result<Path> path = json::read_fields<Path>(request.path_params);
      if (!path) co_return http::problem(path.error(), request.request_id);
      Result<Query> query = json::read_fields<Query>(request.query);
      if (!query) co_return http::problem(query.error(), request.request_id);
      Result<Body> body = read_body(request);
      if (!body) co_return http::problem(body.error(), request.request_id);

      Caller caller{*principal, request};
      Result<Out> out = co_await handler(caller, {std::move(*path), std::move(*query), std::move(*body)});
      http::Response response = out ? write_body(std::move(*out)) : http::problem(out.error(), request.request_id);
      for (http::Pair& header : caller.headers) response.headers.push_back(std::move(header));
      co_return response;
    }

    static Result<Body> read_body(const http::Request& request) {
      if constexpr (std::is_same_v<Body, Nothing> || std::is_same_v<Body, Upload>) {
        return Body{};
      } else {
        return json::read<Body>(request.body);
      }
    }

    template <class T>
    http::Response write_body(T out) const {
      if constexpr (std::is_same_v<T, Nothing>) {
        return http::Response::no_content();
      } else if constexpr (std::is_same_v<T, Binary>) {
        if (out.not_modified) return {.status = 304, .content_type = {}, .body = {}, .headers = {}};
        if (out.content_type.empty()) out.content_type = row.bytes_type;
        return {.status = row.status,
                .content_type = std::move(out.content_type),
                .body = std::move(out.bytes),
                .headers = {}};
      } else if constexpr (std::is_same_v<T, Streamed>) {
        return {.status = row.status,
                .content_type = std::string(row.bytes_type),
                .body = {},
                .headers = {},
                .source = std::move(out.source)};
      } else if constexpr (IsOptional<T>::value) {
        return out ? write_body(std::move(*out)) : http::Response::no_content();
      } else {
        return http::Response::json(row.status, json::write(out));
      }
    }
  };

  static bool for_device(const Row& row) { return row.needs.permission() == Permission::device_self; }

  template <class Path, class Query, class Body, class Out>
  void document_row(const Row& row) {
    http::Operation operation{.method = row.method,
                              .path = row.path,
                              .operation_id = row.id,
                              .summary = row.summary,
                              .description = row.description,
                              .tag = row.tag,
                              .bearer = row.needs.permission() != Permission::anyone && !for_device(row),
                              .device = for_device(row),
                              .permission = std::string(name_of(row.needs.permission())),
                              .status = row.status,
                              .problems = row.problems};
    for (auto& parameter : document_.path_parameters<Path>()) operation.parameters.push_back(std::move(parameter));
    for (auto& parameter : document_.query_parameters<Query>()) operation.parameters.push_back(std::move(parameter));
    if constexpr (std::is_same_v<Body, Upload>) {
      operation.request = kBytesSchema;
      operation.request_content_type = row.bytes_type;
    } else if constexpr (!std::is_same_v<Body, Nothing>) {
      operation.request = document_.schema<Body>();
      operation.problems.push_back(Errc::malformed_json);
      operation.problems.push_back(Errc::validation_failed);
      operation.problems.push_back(Errc::body_too_large);
    } else if constexpr (!std::is_same_v<Path, Nothing> || !std::is_same_v<Query, Nothing>) {
      operation.problems.push_back(Errc::validation_failed);
    }
    operation.may_be_known = row.may_be_known;
    operation.problems.push_back(Errc::rate_limited);
    operation.problems.push_back(Errc::unavailable);  // database_away, too many large bodies
    // A device has no role; a page of another site may not ask where no token is needed.
    if (operation.bearer || (!operation.device && row.method != Method::get))
      operation.problems.push_back(Errc::forbidden);
    if (operation.bearer && !row.needs.is_before_password_change())
      operation.problems.push_back(Errc::password_change_required);
    document_answer<Out>(row, operation);
    document_.add(std::move(operation));
  }

  template <class Out>
  void document_answer(const Row& row, http::Operation& operation) {
    if constexpr (std::is_same_v<Out, Binary> || std::is_same_v<Out, Streamed>) {
      operation.response = kBytesSchema;
      operation.response_content_type = row.bytes_type;
    } else if constexpr (IsOptional<Out>::value) {
      operation.may_be_empty = true;
      document_answer<typename Out::value_type>(row, operation);
    } else if constexpr (!std::is_same_v<Out, Nothing>) {
      operation.response = document_.schema<Out>();
    }
  }

  inline static const json::Schema kBytesSchema{{}, "string", R"("format":"binary")", false};

  http::Router& router_;
  http::OpenApi& document_;
  Gate& gate_;
  std::vector<Row> rows_;
};

}  // namespace pitview::api
