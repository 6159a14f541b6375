#include "messages/message_rules.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "messages/message_texts.h"

namespace pitview::messages {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using What = Decision::What;

constexpr Timestamp kNow{seconds(1'780'000'000)};

Situation usual(MessageKind kind = MessageKind::job_started) {
  return {.kind = kind, .allowed = kNow, .agreed = true, .can_be_reached = true, .job = jobs::JobStatus::in_progress};
}

TEST(MessageRules, WhatIsTrueAndWantedIsSaid) {
  EXPECT_EQ(decide(usual(), kNow).what, What::say);
  for (const auto change : std::initializer_list<void (*)(Situation&)>{
           [](Situation& at) { at.is_away = true; }, [](Situation& at) { at.agreed = false; },
           [](Situation& at) { at.can_be_reached = false; }, [](Situation& at) { at.pointless = kNow; },
           [](Situation& at) { at.kind.reset(); }, [](Situation& at) { at.is_over_cap = true; },
           [](Situation& at) { at.job = jobs::JobStatus::cancelled; }}) {
    Situation at = usual();
    change(at);
    EXPECT_EQ(decide(at, kNow).what, What::drop);
    EXPECT_FALSE(decide(at, kNow).reason.empty());
  }
}

TEST(MessageRules, QuietHoursAreWaitedForUnlessItIsPointlessByThen) {
  Situation at = usual();
  at.allowed = kNow + hours(9);
  EXPECT_EQ(decide(at, kNow).what, What::wait);
  EXPECT_EQ(decide(at, kNow).until, kNow + hours(9));
  at.pointless = kNow + hours(9);
  EXPECT_EQ(decide(at, kNow).what, What::drop);
}

TEST(MessageRules, WhatWasOvertakenIsNotSaid) {
  Situation at = usual(MessageKind::running_late);
  EXPECT_EQ(decide(at, kNow).what, What::say);
  at.is_last_stage = true;
  EXPECT_EQ(decide(at, kNow).what, What::drop);
  at = usual(MessageKind::rating_request);
  at.job = jobs::JobStatus::completed;
  EXPECT_EQ(decide(at, kNow).what, What::say);
  at.is_rated = true;
  EXPECT_EQ(decide(at, kNow).what, What::drop);
  EXPECT_EQ(decide(usual(MessageKind::job_completed), kNow).what, What::drop);
}

TEST(MessageRules, PausesGrowToAnHour) {
  EXPECT_EQ(pause_before_next(1, 0.5), seconds(30));
  EXPECT_EQ(pause_before_next(2, 0.5), seconds(60));
  EXPECT_EQ(pause_before_next(8, 0.5), seconds(3'600));
  EXPECT_EQ(pause_before_next(100, 0), seconds(2'880));
  EXPECT_EQ(pause_before_next(1, 1), seconds(36));
}

TEST(MessageTexts, EveryKindHasItsWordsInBothLanguages) {
  std::ifstream in("docs/reference/configuration.md");
  const std::string reference{std::istreambuf_iterator<char>(in), {}};
  for (int i = 0; i <= static_cast<int>(MessageKind::after_care_30); ++i) {
    const auto kind = static_cast<MessageKind>(i);
    const auto english = default_text(kind, "en");
    const auto hindi = default_text(kind, "hi");
    ASSERT_FALSE(english.empty()) << name_of(kind);
    EXPECT_NE(english, hindi) << name_of(kind);
    auto in_english = placeholders_of(english);
    auto in_hindi = placeholders_of(hindi);
    // In the same order: the reference says it once for both.
    EXPECT_EQ(in_english, in_hindi) << name_of(kind) << " says the same in both";
    std::string row = "| `" + std::string(name_of(kind)) + "` |";
    for (const std::string_view name : in_english)
      row += std::string(name == in_english.front() ? " " : ", ").append(name);
    EXPECT_NE(reference.find(row + " |"), std::string::npos) << "docs/reference/configuration.md has no " << row;
  }
}

TEST(MessageRules, WhoStandsAtTheDeskWaitsAMinuteAtMost) {
  EXPECT_EQ(patience_with_whatsapp(false, seconds(300)), seconds(300));
  EXPECT_EQ(patience_with_whatsapp(true, seconds(300)), seconds(60));
  EXPECT_EQ(patience_with_whatsapp(true, seconds(30)), seconds(30));
}

TEST(MessageTexts, ATemplatesVariablesAreThoseOfTheTextInItsOrder) {
  using testing::ElementsAre;
  const Values values = {
      {"car", "Tata\n\tHarrier  "}, {"ready", "5:30 PM"}, {"reason", " \r\n"}, {"link", "https://pit.example/t/x"}};
  EXPECT_THAT(*template_variables(MessageKind::time_changed, "en", values),
              ElementsAre("Tata Harrier", "5:30 PM", "–", "https://pit.example/t/x"));
  EXPECT_FALSE(template_variables(MessageKind::time_changed, "hi", {{"car", "Harrier"}})) << "no link, no template";
  EXPECT_THAT(*template_variables(MessageKind::after_care_1, "hi", {}), ElementsAre("–"));
  std::string hindi;
  for (int i = 0; i < 500; ++i) hindi += "क";
  const std::string cut = template_variables(MessageKind::after_care_1, "hi", {{"workshop", hindi}})->at(0);
  EXPECT_EQ(cut.size(), 999U) << "whole characters";
}

TEST(MessageTexts, PlaceholdersAreFilledOnce) {
  EXPECT_EQ(render("{a} and {b}.", {{"a", "{b}"}, {"b", "2"}}), "{b} and 2.");
  EXPECT_EQ(render("Ready at {ready}. {reason} {link}", {{"ready", "5"}, {"link", "x"}}), "Ready at 5. x");
  EXPECT_EQ(render("{unknown}", {}), "");
  EXPECT_EQ(render("{ {} {A} {a", {{"a", "1"}}), "{ {} {A} {a");
}

}  // namespace
}  // namespace pitview::messages
