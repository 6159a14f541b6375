// Configuration files: TOML read into described structs.
//
//   struct Http { std::string address = "127.0.0.1"; int port = 18080; };
//   BOOST_DESCRIBE_STRUCT(Http, (), (address, port))
//   struct Config { Http http; };
//   BOOST_DESCRIBE_STRUCT(Config, (), (http))
//   const auto config = config::load<Config>("server.toml", "PITVIEW");
//
// A member is a key, a member struct a [table], a vector of structs an array of
// [[tables]]. Members that are optional or listed with a default in the struct may
// be left out; a std::string without a default value may not. An unknown key or a
// wrong type is an error that names file, line and key. A scalar may be overridden
// by the environment: http.port by PITVIEW_HTTP_PORT.
#pragma once

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pitview/base/crypto.h"

namespace pitview::config {

// what(): one line per fault, each "file:line: sentence".
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

// A table of the parsed file; hides the TOML library from this header.
class Table {
 public:
  struct Node;  // the parsed table and what is shared by the whole document

  explicit Table(std::shared_ptr<Node> node) : node_(std::move(node)) {}

  // False when neither the file nor the environment has the key; a wrong type is noted.
  bool get(std::string_view key, std::string& value) const;
  bool get(std::string_view key, std::int64_t& value) const;
  bool get(std::string_view key, double& value) const;
  bool get(std::string_view key, bool& value) const;
  bool get(std::string_view key, std::vector<std::string>& value) const;
  Table table(std::string_view key) const;  // empty when absent
  std::vector<Table> tables(std::string_view key) const;

  void complain_missing(std::string_view key) const;
  void complain_range(std::string_view key) const;
  // Notes every key of this table that is not among `known`.
  void refuse_unknown(const std::vector<std::string_view>& known) const;
  // ConfigError when any fault was noted in this table's document.
  void throw_if_faulty() const;

 private:
  std::shared_ptr<Node> node_;
};

Table parse_file(const std::filesystem::path& file, std::string_view env_prefix);
Table parse_text(std::string_view text, std::string_view name, std::string_view env_prefix);
template <class T>
concept Section = boost::describe::has_describe_members<T>::value;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <Section T>
void read_section(const Table& table, T& section);

template <class T>
void read_member(const Table& table, std::string_view key, T& value) {
  if constexpr (Section<T>) {
    read_section(table.table(key), value);
  } else if constexpr (IsOptional<T>::value) {
    typename T::value_type inner{};
    if (table.get(key, inner)) value = std::move(inner);
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    std::int64_t number = 0;
    if (!table.get(key, number)) return;
    value = static_cast<T>(number);
    if (static_cast<std::int64_t>(value) != number) table.complain_range(key);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!table.get(key, value) && value.empty()) table.complain_missing(key);
  } else if constexpr (requires { typename T::value_type; }) {
    if constexpr (Section<typename T::value_type>) {
      for (const Table& item : table.tables(key)) read_section(item, value.emplace_back());
    } else {
      table.get(key, value);
    }
  } else {
    table.get(key, value);
  }
}

template <Section T>
void read_section(const Table& table, T& section) {
  std::vector<std::string_view> known;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
    known.push_back(member.name);
    read_member(table, member.name, section.*member.pointer);
  });
  table.refuse_unknown(known);
}

}  // namespace detail

template <class T>
T load(const std::filesystem::path& file, std::string_view env_prefix = {}) {
  const detail::Table root = detail::parse_file(file, env_prefix);
  T config;
  detail::read_section(root, config);
  root.throw_if_faulty();
  return config;
}

template <class T>
T parse(std::string_view text, std::string_view name, std::string_view env_prefix = {}) {
  const detail::Table root = detail::parse_text(text, name, env_prefix);
  T config;
  detail::read_section(root, config);
  root.throw_if_faulty();
  return config;
}

// Every key of T as "http.port", for the test that each one is documented.
template <class T>
void list_keys(std::vector<std::string>& keys, const std::string& prefix = "") {
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
    using Member = std::remove_reference_t<decltype(std::declval<T>().*member.pointer)>;
    const std::string key = prefix + member.name;
    if constexpr (detail::Section<Member>) {
      list_keys<Member>(keys, key + ".");
    } else {
      keys.push_back(key);
    }
  });
}

// A file of 64 hexadecimal digits; ConfigError otherwise.
crypto::Key256 load_key(const std::filesystem::path& file);

// A file of one line, without spaces around it; ConfigError for one that is empty or cannot be read.
std::string load_line(const std::filesystem::path& file);

}  // namespace pitview::config
