#include "signalling.h"

#include <boost/describe/class.hpp>
#include <cstdint>
#include <stdexcept>

#include "http_client.h"
#include "need.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::bench {

// Of Janus's requests and answers what is used here; `transaction` is asked for in each.
struct JanusRequest {
  std::string janus;
  std::string transaction = "bench";
};
BOOST_DESCRIBE_STRUCT(JanusRequest, (), (janus, transaction))

struct JanusAttach {
  std::string janus = "attach";
  std::string transaction = "bench";
  std::string plugin = "janus.plugin.streaming";
};
BOOST_DESCRIBE_STRUCT(JanusAttach, (), (janus, transaction, plugin))

struct JanusWatch {
  std::string request = "watch";
  std::int64_t id = 1;
};
BOOST_DESCRIBE_STRUCT(JanusWatch, (), (request, id))

struct JanusStart {
  std::string request = "start";
};
BOOST_DESCRIBE_STRUCT(JanusStart, (), (request))

struct JanusDescription {
  std::string type;
  std::string sdp;
};
BOOST_DESCRIBE_STRUCT(JanusDescription, (), (type, sdp))

struct JanusWatchMessage {
  std::string janus = "message";
  std::string transaction = "bench";
  JanusWatch body;
};
BOOST_DESCRIBE_STRUCT(JanusWatchMessage, (), (janus, transaction, body))

struct JanusStartMessage {
  std::string janus = "message";
  std::string transaction = "bench";
  JanusStart body;
  JanusDescription jsep;
};
BOOST_DESCRIBE_STRUCT(JanusStartMessage, (), (janus, transaction, body, jsep))

struct JanusId {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(JanusId, (), (id))

struct JanusMade {
  JanusId data;
};
BOOST_DESCRIBE_STRUCT(JanusMade, (), (data))

struct JanusOffer {
  JanusDescription jsep;
};
BOOST_DESCRIBE_STRUCT(JanusOffer, (), (jsep))

namespace {

// The viewer's side. Whoever answers names a role of DTLS, and this one is always the client.
std::string description(const std::string& fingerprint, const std::string& mid, const std::string& setup) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE " + mid +
         "\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:" + mid +
         "\r\na=recvonly\r\na=rtcp-mux\r\na=ice-ufrag:" + kOurUfrag + "\r\na=ice-pwd:" + kOurPassword +
         "\r\na=fingerprint:sha-256 " + fingerprint + "\r\na=setup:" + setup +
         "\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\n"
         "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n";
}

// An error of Janus comes with status 200, and is quoted.
template <class T>
T read_answer(const std::string& text) {
  auto answer = json::read<T>(text);
  if (!answer) throw std::runtime_error("Janus answers " + text);
  return std::move(*answer);
}

class Whep final : public Signalling {
 public:
  Whep(Address gateway, std::string target) : gateway_(std::move(gateway)), target_(std::move(target)) {}

  std::string begin(const std::string& fingerprint) override {
    return need(post(gateway_, target_, description(fingerprint, "0", "actpass")));
  }
  void finish(const std::string&, const std::string&) override {}

 private:
  const Address gateway_;
  const std::string target_;
};

class Janus final : public Signalling {
 public:
  explicit Janus(Address janus) : janus_(std::move(janus)) {}

  std::string begin(const std::string&) override {
    const std::string session = made("/janus", json::write(JanusRequest{"create"}));
    handle_ = made(session, json::write(JanusAttach{}));
    need(post(janus_, handle_, json::write(JanusWatchMessage{})));
    // Waits for the session's next event, which brings the offer.
    return read_answer<JanusOffer>(need(get(janus_, session + "?maxev=1"))).jsep.sdp;
  }
  void finish(const std::string& fingerprint, const std::string& address) override {
    const std::string sdp = description(fingerprint, "v", "active") + "a=candidate:1 1 udp 2130706431 " + address +
                            " typ host\r\na=end-of-candidates\r\n";
    need(post(janus_, handle_, json::write(JanusStartMessage{.jsep = {"answer", sdp}})));
  }

 private:
  std::string made(const std::string& path, const std::string& request) const {
    return path + "/" + std::to_string(read_answer<JanusMade>(need(post(janus_, path, request))).data.id);
  }

  const Address janus_;
  std::string handle_;
};

}  // namespace

std::unique_ptr<Signalling> over_whep(Address gateway, std::string target) {
  return std::make_unique<Whep>(std::move(gateway), std::move(target));
}

std::unique_ptr<Signalling> over_janus(Address janus) { return std::make_unique<Janus>(std::move(janus)); }

}  // namespace pitview::bench
