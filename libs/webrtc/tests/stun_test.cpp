#include "pitview/webrtc/stun.h"

#include <gmock/gmock.h>

#include "pitview/base/crypto.h"

namespace pitview::webrtc::stun {
namespace {

using Data = std::vector<std::uint8_t>;

Data hex(std::string_view text) {
  const std::string bytes = crypto::from_hex(text).value();
  return {bytes.begin(), bytes.end()};
}

// RFC 5769, section 2.1: password VOkJxbRl1RmTxUk/WvJxBt, user name evtj:h6vY.
const Data kRequest =
    hex("000100582112a442b7e7a701bc34d686fa87dfae"
        "802200105354554e207465737420636c69656e74"
        "002400046e0001ff"
        "80290008932ff9b151263b36"
        "000600096576746a3a68367659202020"
        "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
        "80280004e57a3bcf");
constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

TEST(Stun, TakesTheRequestOfRfc5769) {
  const auto request = parse(kRequest);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->username, "evtj:h6vY");
  EXPECT_FALSE(request->use_candidate);
  EXPECT_FALSE(request->controlling);
  EXPECT_TRUE(integrity_holds(kRequest, kPassword));
  EXPECT_FALSE(integrity_holds(kRequest, "another password, of a guess"));
}

TEST(Stun, ARequestIsReadAsItWasWritten) {
  const TransactionId transaction = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const Data written = write_request(transaction, "ours:their", "a password of ICE");
  const auto request = parse(written);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->transaction, transaction);
  EXPECT_EQ(request->username, "ours:their");
  EXPECT_TRUE(request->use_candidate);
  EXPECT_TRUE(request->controlling);
  EXPECT_TRUE(integrity_holds(written, "a password of ICE"));
  EXPECT_FALSE(integrity_holds(written, "another"));
}

TEST(Stun, OfWhichOneBitIsWrongIsRefused) {
  for (std::size_t i = 0; i < kRequest.size(); ++i) {
    Data forged = kRequest;
    forged[i] ^= 1;
    EXPECT_FALSE(parse(forged)) << i;
  }
  for (std::size_t size = 0; size < kRequest.size(); ++size) EXPECT_FALSE(parse(Bytes(kRequest).first(size)));
}

// RFC 5769, section 2.2, without its SOFTWARE attribute: checked by reading it as STUN says.
TEST(Stun, AnswersWithTheAddressUnderItsMask) {
  const auto request = parse(kRequest);
  ASSERT_TRUE(request);
  const Data address = {192, 0, 2, 1};
  const Data answer = write_success(request->transaction, {address, 32'853}, kPassword);
  EXPECT_EQ(answer[0], 1);
  EXPECT_EQ(answer[1], 1);
  // XOR-MAPPED-ADDRESS of section 2.2: a147 e112a643.
  EXPECT_EQ(Data(answer.begin() + 20, answer.begin() + 32), hex("002000080001a147e112a643"));
  EXPECT_EQ(20U + (answer[2] << 8 | answer[3]), answer.size());
}

TEST(Stun, AnswersIpv6UnderTheWholeMask) {
  const auto request = parse(kRequest);
  const Data address = hex("20010db8123456780011223344556677");
  const Data answer = write_success(request->transaction, {address, 32'853}, kPassword);
  // RFC 5769, section 2.3.
  EXPECT_EQ(Data(answer.begin() + 20, answer.begin() + 44), hex("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"));
}

TEST(Stun, ErrorsSayTheirCode) {
  const Data answer = write_error(parse(kRequest)->transaction, 487, "Role Conflict", kPassword);
  EXPECT_EQ(answer[1], 0x11);
  EXPECT_EQ(answer[26], 4);
  EXPECT_EQ(answer[27], 87);
  EXPECT_EQ(20U + (answer[2] << 8 | answer[3]), answer.size());
}

TEST(Stun, IsToldFromOtherProtocols) {
  EXPECT_TRUE(is_stun(kRequest));
  EXPECT_FALSE(is_stun(Data(20, 0x80)));
  EXPECT_FALSE(is_stun(Data(20, 0)));
  EXPECT_FALSE(is_stun({}));
}

}  // namespace
}  // namespace pitview::webrtc::stun
