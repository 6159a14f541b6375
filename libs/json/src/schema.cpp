#include "pitview/json/schema.h"

#include <stdexcept>

#include "pitview/base/json_text.h"

namespace pitview::json {

std::string Schema::text() const {
  std::string out;
  if (!ref.empty()) {
    const std::string reference = "{\"$ref\":\"#/components/schemas/" + ref + "\"}";
    return nullable ? "{\"anyOf\":[" + reference + ",{\"type\":\"null\"}]}" : reference;
  }
  if (!type.empty()) out = nullable ? "\"type\":[\"" + type + "\",\"null\"]" : "\"type\":\"" + type + "\"";
  if (!rest.empty()) out.append(out.empty() ? "" : ",").append(rest);
  return "{" + out + "}";
}

bool SchemaRegistry::reserve(std::string_view name, const void* type) {
  const auto [entry, added] = types_.emplace(name, type);
  if (!added && entry->second != type)
    throw std::logic_error("two types are called " + std::string(name) + ": specialise SchemaName for one");
  return added;
}

void SchemaRegistry::define(std::string_view name, std::string schema_json) {
  schemas_.insert_or_assign(std::string(name), std::move(schema_json));
}

namespace detail {

std::string object_schema(const std::vector<MemberSchema>& members) {
  std::string properties;
  std::string required;
  for (const MemberSchema& member : members) {
    if (!properties.empty()) properties.push_back(',');
    append_json_string(properties, member.name);
    properties.append(":").append(member.schema.text());
    if (!member.required) continue;
    if (!required.empty()) required.push_back(',');
    append_json_string(required, member.name);
  }
  std::string out = "{\"type\":\"object\",\"properties\":{" + properties + "}";
  if (!required.empty()) out.append(",\"required\":[" + required + "]");
  return out + "}";
}

std::string enum_schema(const std::vector<std::string_view>& names) {
  std::string out = "{\"type\":\"string\",\"enum\":[";
  bool first = true;
  for (const std::string_view name : names) {
    if (!first) out.push_back(',');
    append_json_string(out, name);
    first = false;
  }
  return out + "]}";
}

Schema list_schema(const Schema& element) { return {{}, "array", "\"items\":" + element.text(), false}; }
Schema map_schema(const Schema& element) { return {{}, "object", "\"additionalProperties\":" + element.text(), false}; }

Schema integer_schema(std::int64_t min, std::uint64_t max) {
  // The bounds of 64 bits go without saying; a client could not even read them exactly.
  if (max > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()) * 2 + 1) {
    std::string rest = "\"format\":\"int64\"";
    if (min == 0) rest.append(",\"minimum\":0");
    return {{}, "integer", std::move(rest), false};
  }
  return {{}, "integer", "\"minimum\":" + std::to_string(min) + ",\"maximum\":" + std::to_string(max), false};
}

}  // namespace detail
}  // namespace pitview::json
