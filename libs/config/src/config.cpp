#include "pitview/config/config.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace pitview::config::detail {
namespace {

struct Document {
  toml::table root;
  std::string name;
  std::string env_prefix;
  std::vector<std::string> faults;
};

std::string upper_snake(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return c == '.' ? '_' : static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

struct Table::Node {
  std::shared_ptr<Document> document;
  const toml::table* table = nullptr;  // null: the file does not have this table
  std::string path;                    // "http." or empty at the root

  std::string key_path(std::string_view key) const { return path + std::string(key); }

  void complain(const toml::node* where, const std::string& sentence) const {
    std::string fault = document->name;
    if (where != nullptr) fault += ":" + std::to_string(where->source().begin.line);
    document->faults.push_back(fault + ": " + sentence);
  }

  const toml::node* find(std::string_view key) const { return table == nullptr ? nullptr : table->get(key); }

  std::optional<std::string> from_environment(std::string_view key) const {
    if (document->env_prefix.empty()) return std::nullopt;
    const std::string name = document->env_prefix + "_" + upper_snake(key_path(key));
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  }

  template <class T>
  bool scalar(std::string_view key, T& value, const char* expected) const {
    if (const auto text = from_environment(key)) return from_text(key, *text, value, expected);
    const toml::node* node = find(key);
    if (node == nullptr) return false;
    if (const auto found = node->value_exact<T>()) {
      value = *found;
    } else {
      complain(node, key_path(key) + " must be " + expected);
    }
    return true;
  }

  template <class T>
  bool from_text(std::string_view key, const std::string& text, T& value, const char* expected) const {
    if constexpr (std::is_same_v<T, std::string>) {
      value = text;
      return true;
    } else {
      // The value is read by the TOML grammar too, so that "true" and "8080" mean the same in both places.
      const toml::parse_result parsed = toml::parse("x = " + text);
      const auto found = parsed ? parsed.table()["x"].value_exact<T>() : std::optional<T>();
      if (found) {
        value = *found;
      } else {
        complain(nullptr, "the environment's " + document->env_prefix + "_" + upper_snake(key_path(key)) + " must be " +
                              expected);
      }
      return true;
    }
  }
};

bool Table::get(std::string_view key, std::string& value) const {
  return node_->scalar(key, value, "a text in quotes");
}
bool Table::get(std::string_view key, std::int64_t& value) const { return node_->scalar(key, value, "a whole number"); }
bool Table::get(std::string_view key, bool& value) const { return node_->scalar(key, value, "true or false"); }

bool Table::get(std::string_view key, double& value) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) return false;
  if (const auto found = node->value<double>()) {
    value = *found;
  } else {
    node_->complain(node, node_->key_path(key) + " must be a number");
  }
  return true;
}

bool Table::get(std::string_view key, std::vector<std::string>& value) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) return false;
  const toml::array* items = node->as_array();
  if (items == nullptr || !(items->empty() || items->is_homogeneous<std::string>())) {
    node_->complain(node, node_->key_path(key) + " must be a list of texts");
    return true;
  }
  value.clear();
  for (const toml::node& item : *items) value.push_back(*item.value<std::string>());
  return true;
}

Table Table::table(std::string_view key) const {
  auto child = std::make_shared<Node>(Node{node_->document, nullptr, node_->key_path(key) + "."});
  if (const toml::node* node = node_->find(key)) {
    child->table = node->as_table();
    if (child->table == nullptr)
      node_->complain(node, node_->key_path(key) + " must be a table: [" + std::string(key) + "]");
  }
  return Table(std::move(child));
}

std::vector<Table> Table::tables(std::string_view key) const {
  std::vector<Table> all;
  const toml::node* node = node_->find(key);
  if (node == nullptr) return all;
  const toml::array* items = node->as_array();
  if (items == nullptr || !(items->empty() || items->is_homogeneous<toml::table>())) {
    node_->complain(node, node_->key_path(key) + " must be a list of tables: [[" + std::string(key) + "]]");
    return all;
  }
  for (const toml::node& item : *items)
    all.emplace_back(std::make_shared<Node>(Node{node_->document, item.as_table(), node_->key_path(key) + "."}));
  return all;
}

void Table::complain_missing(std::string_view key) const {
  node_->complain(node_->table, node_->key_path(key) + " is missing");
}

void Table::complain_range(std::string_view key) const {
  node_->complain(node_->find(key), node_->key_path(key) + " is out of range");
}

void Table::refuse_unknown(const std::vector<std::string_view>& known) const {
  if (node_->table == nullptr) return;
  for (const auto& [key, value] : *node_->table)
    if (std::find(known.begin(), known.end(), key.str()) == known.end())
      node_->complain(&value, "unknown key " + node_->key_path(key.str()));
}

Table parse_text(std::string_view text, std::string_view name, std::string_view env_prefix) {
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const auto& error = parsed.error();
    throw ConfigError(std::string(name) + ":" + std::to_string(error.source().begin.line) + ": " +
                      std::string(error.description()));
  }
  auto document = std::make_shared<Document>();
  document->root = std::move(parsed).table();
  document->name = name;
  document->env_prefix = env_prefix;
  const toml::table* root = &document->root;
  return Table(std::make_shared<Table::Node>(Table::Node{std::move(document), root, ""}));
}

Table parse_file(const std::filesystem::path& file, std::string_view env_prefix) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw ConfigError(file.string() + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return parse_text(text.str(), file.string(), env_prefix);
}

void Table::throw_if_faulty() const {
  std::string all;
  for (const std::string& fault : node_->document->faults) all.append(all.empty() ? "" : "\n").append(fault);
  if (!all.empty()) throw ConfigError(all);
}

}  // namespace pitview::config::detail
