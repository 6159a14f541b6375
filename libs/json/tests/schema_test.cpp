#include "pitview/json/schema.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "pitview/json/document.h"
#include "sample.h"

namespace pitview::json {
namespace other {
struct Stage {
  int x = 0;
};
BOOST_DESCRIBE_STRUCT(Stage, (), (x))
struct Tree {
  std::string name;
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children))
struct Renamed {
  std::map<std::string, double> values;
  std::uint16_t port = 0;
  std::int64_t big = 0;
  Raw anything;
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (values, port, big, anything))
}  // namespace other

template <>
struct SchemaName<other::Renamed> {
  static constexpr std::string_view kName = "Settings";
};

namespace {

TEST(Schema, DescribesStructsEnumsAndConstraints) {
  SchemaRegistry registry;
  EXPECT_EQ(schema_of<sample::Order>(registry).text(), R"({"$ref":"#/components/schemas/Order"})");
  ASSERT_EQ(registry.schemas().size(), 3U);
  EXPECT_EQ(
      registry.schemas().at("Order"),
      R"({"type":"object","properties":{"customer_name":{"type":"string"},)"
      R"("job_id":{"type":"integer","format":"int64","minimum":1},"status":{"$ref":"#/components/schemas/Status"},)"
      R"("stages":{"type":"array","items":{"$ref":"#/components/schemas/Stage"}},)"
      R"("email":{"type":["string","null"],"format":"email","maxLength":254},"progress":{"type":["number","null"]},)"
      R"("urgent":{"type":"boolean"}},"required":["customer_name","job_id","status","stages","urgent"]})");
  EXPECT_EQ(registry.schemas().at("Status"), R"({"type":"string","enum":["waiting","in_progress"]})");
  EXPECT_EQ(registry.schemas().at("Stage"),
            R"({"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":20},)"
            R"("weight":{"type":"integer","format":"int64","minimum":0,"maximum":100},)"
            R"("started_at":{"type":["string","null"],"format":"date-time"}},"required":["name","weight"]})");
}

TEST(Schema, AnOptionalComponentMayBeNull) {
  SchemaRegistry registry;
  EXPECT_EQ(schema_of<std::optional<sample::Stage>>(registry).text(),
            R"({"anyOf":[{"$ref":"#/components/schemas/Stage"},{"type":"null"}]})");
  EXPECT_EQ(schema_of<std::optional<std::vector<int>>>(registry).text(),
            R"({"type":["array","null"],"items":{"type":"integer","minimum":-2147483648,"maximum":2147483647}})");
}

TEST(Schema, TakesAnotherNameMapsAndAnything) {
  SchemaRegistry registry;
  EXPECT_EQ(schema_of<other::Renamed>(registry).ref, "Settings");
  EXPECT_EQ(registry.schemas().at("Settings"),
            R"({"type":"object","properties":{"values":{"type":"object","additionalProperties":{"type":"number"}},)"
            R"("port":{"type":"integer","minimum":0,"maximum":65535},"big":{"type":"integer","format":"int64"},)"
            R"("anything":{}},"required":["values","port","big","anything"]})");
}

TEST(Schema, AStructMayContainItself) {
  SchemaRegistry registry;
  schema_of<other::Tree>(registry);
  EXPECT_EQ(
      registry.schemas().at("Tree"),
      R"({"type":"object","properties":{"name":{"type":"string"},)"
      R"("children":{"type":"array","items":{"$ref":"#/components/schemas/Tree"}}},"required":["name","children"]})");
}

TEST(Schema, TwoTypesOfOneNameAreAMistake) {
  SchemaRegistry registry;
  schema_of<sample::Stage>(registry);
  schema_of<sample::Stage>(registry);
  EXPECT_THROW(schema_of<other::Stage>(registry), std::logic_error);
}

TEST(Schema, EveryComponentIsJson) {
  SchemaRegistry registry;
  schema_of<sample::Order>(registry);
  schema_of<sample::Filter>(registry);
  for (const auto& [name, schema] : registry.schemas()) EXPECT_TRUE(Document::parse(schema)) << name << " " << schema;
}

TEST(Schema, ListsMembersForParameters) {
  SchemaRegistry registry;
  const auto members = members_of<sample::Filter>(registry);
  ASSERT_EQ(members.size(), 6U);
  EXPECT_EQ(members[2].name, "limit");
  EXPECT_FALSE(members[2].required);
  EXPECT_TRUE(members[3].required);
}

}  // namespace
}  // namespace pitview::json
