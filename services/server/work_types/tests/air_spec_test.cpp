#include "work_types/air_spec.h"

#include <gmock/gmock.h>

#include <cmath>

namespace pitview::work_types {
namespace {

std::vector<std::string> faulty_fields(const AirSpec& spec) {
  std::vector<FieldProblem> faults;
  find_faults(spec, "spec", faults);
  std::vector<std::string> fields;
  for (const FieldProblem& fault : faults) fields.push_back(fault.field);
  return fields;
}

TEST(AirSpec, NothingIsAskedOfAnEmptyOne) { EXPECT_THAT(faulty_fields({}), ::testing::IsEmpty()); }

TEST(AirSpec, TheEdgesOfEachRangeBelongToIt) {
  EXPECT_THAT(faulty_fields({-40, 85, 0, 100, 0, 0}), ::testing::IsEmpty());
  EXPECT_THAT(faulty_fields({15, 30, 30, 70, 50, 500}), ::testing::IsEmpty());
}

TEST(AirSpec, EachFaultIsNamedByItsField) {
  EXPECT_THAT(faulty_fields({-40.1, 85.1, -1, 101, -0.1, 501}),
              ::testing::ElementsAre("spec.temperature_min", "spec.temperature_max", "spec.humidity_min",
                                     "spec.humidity_max", "spec.dew_point_margin_min", "spec.aqi_max"));
  EXPECT_THAT(faulty_fields({.temperature_max = std::nan("")}), ::testing::ElementsAre("spec.temperature_max"));
}

TEST(AirSpec, AMinimumLiesBelowItsMaximum) {
  EXPECT_THAT(faulty_fields({.temperature_min = 20, .temperature_max = 20}),
              ::testing::ElementsAre("spec.temperature_min"));
  EXPECT_THAT(faulty_fields({.humidity_min = 70, .humidity_max = 30}), ::testing::ElementsAre("spec.humidity_min"));
}

TEST(AirSpec, AStagesBandWinsOverThatOfItsWorkType) {
  const AirSpec of_type{15, 30, 30, 70, 3, 150};
  EXPECT_EQ(AirSpec{}.over(of_type), of_type);
  EXPECT_EQ((AirSpec{.temperature_max = 24, .aqi_max = 100}.over(of_type)), (AirSpec{15, 24, 30, 70, 3, 100}));
}

}  // namespace
}  // namespace pitview::work_types
