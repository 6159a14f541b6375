#include <gtest/gtest.h>

#include "customers/consents_repository.h"
#include "customers/customer.h"
#include "customers/tracking_links.h"

namespace pitview::customers {
namespace {

TEST(MaskedPhone, ShowsEnoughToRecogniseAKnownNumber) {
  EXPECT_EQ(masked_phone("+919876543210"), "+91••••••3210");
  EXPECT_EQ(masked_phone("+4912345678"), "+49••••5678");
}

TEST(MaskedPhone, OfAShortNumberHasNoSecondCopyOfADigit) {
  EXPECT_EQ(masked_phone("+12345"), "+12345");
  EXPECT_EQ(masked_phone("1234"), "1234");
  EXPECT_EQ(masked_phone(""), "");
}

TEST(Consent, EverySubjectHasATextAndSaysWhatFollowsFromTakingItBack) {
  const ConsentText text = default_consent_text();
  EXPECT_EQ(text.version, 1);
  EXPECT_FALSE(text.created_at);
  for (const ConsentSubject subject : kConsentSubjects) {
    EXPECT_GT(text_of(text, subject).size(), 20U);
    EXPECT_LE(text_of(text, subject).size(), 2000U);
    EXPECT_GT(effect_of_withdrawal(subject).size(), 20U);
  }
}

TEST(Consent, AChoiceIsPerSubject) {
  const ConsentChoice choice{.live_video = true, .recording = std::nullopt, .messages = false};
  EXPECT_EQ(choice_of(choice, ConsentSubject::live_video), true);
  EXPECT_EQ(choice_of(choice, ConsentSubject::recording), std::nullopt);
  EXPECT_EQ(choice_of(choice, ConsentSubject::messages), false);
  EXPECT_FALSE(choice.empty());
  EXPECT_TRUE(ConsentChoice{}.empty());
}

}  // namespace
}  // namespace pitview::customers
