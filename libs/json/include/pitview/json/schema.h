// JSON Schemas of described types, collected as the components of an OpenAPI
// document.
//
//   SchemaRegistry registry;
//   Schema schema = schema_of<Job>(registry);   // {"$ref":"#/components/schemas/Job"}, Job is now registered
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/json/describe.h"
#include "pitview/json/types.h"

namespace pitview::json {

// The name of a struct's or enum's component; specialise to choose another.
template <class T>
struct SchemaName {
  static constexpr std::string_view kName = type_name<T>();
};

class SchemaRegistry {
 public:
  // True when `name` is new and the caller should define() it. `type` identifies
  // the C++ type: std::logic_error when two types share one name.
  bool reserve(std::string_view name, const void* type);
  void define(std::string_view name, std::string schema_json);

  // Component name → schema as JSON, sorted by name.
  const std::map<std::string, std::string, std::less<>>& schemas() const noexcept { return schemas_; }

 private:
  std::map<std::string, std::string, std::less<>> schemas_;
  std::map<std::string, const void*, std::less<>> types_;
};

// A member of a struct, as a parameter list or an object schema shows it.
struct MemberSchema {
  std::string name;
  Schema schema;
  bool required = false;
};

namespace detail {
std::string object_schema(const std::vector<MemberSchema>& members);
std::string enum_schema(const std::vector<std::string_view>& names);
Schema list_schema(const Schema& element);
Schema map_schema(const Schema& element);
Schema integer_schema(std::int64_t min, std::uint64_t max);

template <class T>
inline constexpr char kTypeTag = 0;

template <class T>
struct SchemaOf;  // of a leaf or a container
}  // namespace detail

template <class T>
Schema schema_of(SchemaRegistry& registry);

template <DescribedStruct T>
std::vector<MemberSchema> members_of(SchemaRegistry& registry) {
  std::vector<MemberSchema> members;
  for_each_member<T>([&](std::string_view name, auto pointer) {
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*pointer)>;
    Schema schema = schema_of<Member>(registry);
    const bool required = !detail::SchemaOf<Member>::kOptional;
    members.push_back({std::string(name), std::move(schema), required});
  });
  return members;
}

namespace detail {

template <class T>
struct SchemaOf {
  static constexpr bool kOptional = false;
  static Schema make(SchemaRegistry& registry) {
    if constexpr (Value<T>) {
      return ValueTraits<T>::schema();
    } else if constexpr (std::same_as<T, bool>) {
      return {{}, "boolean", {}, false};
    } else if constexpr (std::integral<T>) {
      return integer_schema(static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                            static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
    } else if constexpr (std::floating_point<T>) {
      return {{}, "number", {}, false};
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
      return {{}, "string", {}, false};
    } else if constexpr (std::same_as<T, Raw>) {
      return {};
    } else {
      constexpr std::string_view kName = SchemaName<T>::kName;
      if (registry.reserve(kName, &kTypeTag<T>)) {
        if constexpr (DescribedEnum<T>) {
          std::vector<std::string_view> names;
          for_each_enumerator<T>([&](std::string_view name, T) { names.push_back(name); });
          registry.define(kName, enum_schema(names));
        } else {
          static_assert(DescribedStruct<T>, "describe the struct, or give it ValueTraits");
          registry.define(kName, object_schema(members_of<T>(registry)));
        }
      }
      return {std::string(kName), {}, {}, false};
    }
  }
};

template <class T>
struct SchemaOf<std::optional<T>> {
  static constexpr bool kOptional = true;
  static Schema make(SchemaRegistry& registry) {
    Schema schema = schema_of<T>(registry);
    schema.nullable = true;
    return schema;
  }
};

template <class T>
struct SchemaOf<std::vector<T>> {
  static constexpr bool kOptional = false;
  static Schema make(SchemaRegistry& registry) { return list_schema(schema_of<T>(registry)); }
};

template <class T>
struct SchemaOf<std::map<std::string, T>> {
  static constexpr bool kOptional = false;
  static Schema make(SchemaRegistry& registry) { return map_schema(schema_of<T>(registry)); }
};

}  // namespace detail

template <class T>
Schema schema_of(SchemaRegistry& registry) {
  return detail::SchemaOf<T>::make(registry);
}

}  // namespace pitview::json
