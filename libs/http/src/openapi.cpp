#include "pitview/http/openapi.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "pitview/base/json_text.h"

namespace pitview::http {
namespace {

constexpr std::string_view kProblemRef = R"({"$ref":"#/components/schemas/Problem"})";

// Appends the members of one JSON object, with commas where they belong.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_.push_back('{'); }
  ObjectWriter& raw(std::string_view name, std::string_view json) {
    key(name);
    out_.append(json);
    return *this;
  }
  ObjectWriter& text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
    return *this;
  }
  ObjectWriter& text_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
  }
  void end() { out_.push_back('}'); }

 private:
  void key(std::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    append_json_string(out_, name);
    out_.push_back(':');
  }

  std::string& out_;
  bool first_ = true;
};

template <class F>
std::string object(F&& fill) {
  std::string out;
  ObjectWriter writer(out);
  fill(writer);
  writer.end();
  return out;
}

std::string content(std::string_view type, std::string_view schema) {
  return object(
      [&](ObjectWriter& w) { w.raw(type, object([&](ObjectWriter& media) { media.raw("schema", schema); })); });
}

std::string problem_schema() {
  std::string codes;
  for (int code = 1; code <= static_cast<int>(Errc::internal_error); ++code) {
    append_json_string(codes, name_of(static_cast<Errc>(code)));
    codes.push_back(',');
  }
  for (const char* code : {"malformed_request", "request_timeout", "headers_too_large", "upgrade_required"})
    codes.append("\"").append(code).append("\",");
  codes.append("\"origin_refused\"");
  return R"({"type":"object","description":"A problem document (RFC 9457).","properties":{)"
         R"("type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},)"
         R"("code":{"type":"string","enum":[)" +
         codes +
         R"(]},"detail":{"type":"string"},"errors":{"type":"array","items":{"type":"object","properties":{)"
         R"("field":{"type":"string"},"message":{"type":"string"}},"required":["field","message"]}},)"
         R"("request_id":{"type":"string"}},"required":["type","title","status","code","detail","request_id"]})";
}

// What the declaration itself makes possible, besides what it names.
std::vector<Errc> problems_of(const Operation& operation) {
  std::vector<Errc> problems = operation.problems;
  const auto add = [&](Errc code) {
    if (std::find(problems.begin(), problems.end(), code) == problems.end()) problems.push_back(code);
  };
  if (operation.bearer)
    for (const Errc code : {Errc::unauthenticated, Errc::token_expired, Errc::session_ended}) add(code);
  if (operation.device) add(Errc::unauthenticated);
  if (operation.request)
    for (const Errc code : {Errc::body_too_large, Errc::validation_failed}) add(code);
  if (operation.request && operation.request_content_type == kJson) add(Errc::malformed_json);
  if (!operation.parameters.empty()) add(Errc::validation_failed);
  std::sort(problems.begin(), problems.end());
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
  return problems;
}

std::string responses_json(const Operation& operation) {
  std::map<int, std::string> codes_by_status;
  for (const Errc code : problems_of(operation)) {
    std::string& codes = codes_by_status[status_of(code)];
    codes.append(codes.empty() ? "" : ", ").append(name_of(code));
  }
  return object([&](ObjectWriter& w) {
    w.raw(std::to_string(operation.status), object([&](ObjectWriter& response) {
            response.text("description", reason_of(operation.status));
            if (operation.response)
              response.raw("content", content(operation.response_content_type, operation.response->text()));
          }));
    if (operation.may_be_empty)
      w.raw("204", object([](ObjectWriter& response) { response.text("description", reason_of(204)); }));
    if (operation.may_be_known)
      w.raw("304", object([&](ObjectWriter& response) { response.text("description", reason_of(304)); }));
    for (const auto& [status, codes] : codes_by_status) {
      w.raw(std::to_string(status), object([&, text = &codes](ObjectWriter& response) {
              response.text("description", *text);
              response.raw("content", content("application/problem+json", kProblemRef));
            }));
    }
  });
}

std::string parameters_json(const std::vector<Parameter>& parameters) {
  std::string out = "[";
  for (const Parameter& parameter : parameters) {
    if (out.size() > 1) out.push_back(',');
    json::Schema schema = parameter.member.schema;
    schema.nullable = false;  // a parameter is there or not
    out.append(object([&](ObjectWriter& w) {
      w.text("name", parameter.member.name).text("in", parameter.in);
      w.raw("required", parameter.member.required ? "true" : "false");
      w.text_if("description", parameter.description).raw("schema", schema.text());
    }));
  }
  return out + "]";
}

std::string_view security_of(const Operation& operation) {
  if (operation.device) return R"([{"device":[]}])";
  return operation.bearer ? R"([{"bearer":[]}])" : "[]";
}

std::string operation_json(const Operation& operation) {
  return object([&](ObjectWriter& w) {
    w.text("operationId", operation.operation_id).text("summary", operation.summary);
    w.text_if("description", operation.description);
    std::string tags = "[";
    append_json_string(tags, operation.tag);
    w.raw("tags", tags + "]");
    w.raw("security", security_of(operation));
    w.text_if("x-permission", operation.permission);
    if (!operation.parameters.empty()) w.raw("parameters", parameters_json(operation.parameters));
    if (operation.request)
      w.raw("requestBody", object([&](ObjectWriter& body) {
              body.raw("required", "true")
                  .raw("content", content(operation.request_content_type, operation.request->text()));
            }));
    w.raw("responses", responses_json(operation));
  });
}

std::string method_key(Method method) {
  std::string key(name_of(method));
  std::transform(key.begin(), key.end(), key.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return key;
}

// Every {name} of the path is described, and nothing else says it is in the path.
void check_path(const Operation& operation) {
  std::size_t in_path = 0;
  for (std::size_t open = operation.path.find('{'); open != std::string::npos;
       open = operation.path.find('{', open + 1)) {
    const std::string name = operation.path.substr(open + 1, operation.path.find('}', open) - open - 1);
    ++in_path;
    const bool described = std::any_of(
        operation.parameters.begin(), operation.parameters.end(),
        [&](const Parameter& parameter) { return parameter.in == "path" && parameter.member.name == name; });
    if (!described) throw std::logic_error(operation.operation_id + " does not describe its parameter " + name);
  }
  const auto described = std::count_if(operation.parameters.begin(), operation.parameters.end(),
                                       [](const Parameter& parameter) { return parameter.in == "path"; });
  if (static_cast<std::size_t>(described) != in_path)
    throw std::logic_error(operation.operation_id + " describes a parameter that is not in its path");
}

}  // namespace

OpenApi::OpenApi(ApiInfo info) : info_(std::move(info)) {}

std::vector<Parameter> OpenApi::parameters(std::string_view in, std::vector<json::MemberSchema> members) {
  std::vector<Parameter> out;
  for (json::MemberSchema& member : members) {
    if (in == "path") member.required = true;
    if (member.schema.type == "array") member.required = false;  // none given is an empty list
    out.push_back({std::string(in), std::move(member), {}});
  }
  return out;
}

void OpenApi::add(Operation operation) {
  for (const Operation& other : operations_) {
    if (other.operation_id == operation.operation_id)
      throw std::logic_error("two operations are called " + operation.operation_id);
    if (other.method == operation.method && other.path == operation.path)
      throw std::logic_error(operation.operation_id + " and " + other.operation_id + " are the same request");
  }
  check_path(operation);
  operations_.push_back(std::move(operation));
}

std::string OpenApi::document() const {
  std::vector<std::string> paths;  // in the order of the table
  std::vector<std::string> tags;
  for (const Operation& operation : operations_) {
    if (std::find(paths.begin(), paths.end(), operation.path) == paths.end()) paths.push_back(operation.path);
    if (std::find(tags.begin(), tags.end(), operation.tag) == tags.end()) tags.push_back(operation.tag);
  }
  std::string tag_list = "[";
  for (const std::string& tag : tags) {
    if (tag_list.size() > 1) tag_list.push_back(',');
    tag_list.append(object([&](ObjectWriter& w) { w.text("name", tag); }));
  }
  tag_list.push_back(']');

  std::map<std::string, std::string, std::less<>> schemas = registry_.schemas();
  schemas.insert_or_assign("Problem", problem_schema());

  return object([&](ObjectWriter& w) {
    w.text("openapi", "3.1.0");
    w.raw("info", object([&](ObjectWriter& info) {
            info.text("title", info_.title).text("version", info_.version);
            info.text_if("description", info_.description);
          }));
    w.raw("servers", "[" + object([&](ObjectWriter& server) { server.text("url", info_.server_url); }) + "]");
    w.raw("tags", tag_list);
    for (const auto& [name, json] : info_.extensions) w.raw(name, json);
    w.raw("paths", object([&](ObjectWriter& all) {
            for (const std::string& path : paths)
              all.raw(path, object([&](ObjectWriter& item) {
                        for (const Operation& operation : operations_)
                          if (operation.path == path) item.raw(method_key(operation.method), operation_json(operation));
                      }));
          }));
    w.raw("components", object([&](ObjectWriter& components) {
            components.raw("schemas", object([&](ObjectWriter& all) {
                             for (const auto& [name, schema] : schemas) all.raw(name, schema);
                           }));
            components.raw("securitySchemes", R"({"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"},)"
                                              R"("device":{"type":"http","scheme":"basic"}})");
          }));
  });
}

}  // namespace pitview::http
