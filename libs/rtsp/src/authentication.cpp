#include "pitview/rtsp/authentication.h"

#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <stdexcept>

#include "pitview/base/crypto.h"
#include "text.h"

namespace pitview::rtsp {
namespace {

std::string hash(Challenge::Scheme scheme, std::string_view data) {
  const EVP_MD* algorithm = scheme == Challenge::Scheme::digest_sha256 ? EVP_sha256() : EVP_md5();
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), bytes.data(), &size, algorithm, nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot hash");
  return crypto::to_hex(std::span<const std::uint8_t>(bytes).first(size));
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// name=value or name="value", at the beginning of `rest`, which moves past it.
std::pair<std::string_view, std::string> take_pair(std::string_view& rest) {
  const auto skip = [&] {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ',' || rest.front() == '\t')) rest.remove_prefix(1);
  };
  skip();
  const std::size_t end = rest.find_first_of("=, ");
  const std::string_view name = rest.substr(0, end);
  rest.remove_prefix(name.size());
  std::string value;
  if (rest.empty() || rest.front() != '=') return {name, value};
  rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '"') {
    rest.remove_prefix(1);
    while (!rest.empty() && rest.front() != '"') {
      if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
      value.push_back(rest.front());
      rest.remove_prefix(1);
    }
    if (!rest.empty()) rest.remove_prefix(1);
  } else {
    const std::size_t size = std::min(rest.find_first_of(", "), rest.size());
    value = rest.substr(0, size);
    rest.remove_prefix(size);
  }
  return {name, value};
}

std::optional<Challenge> parse(std::string_view header) {
  header = text::trimmed(header);
  const std::string_view scheme = text::cut(header, ' ');
  Challenge challenge;
  if (text::equal(scheme, "Digest"))
    challenge.scheme = Challenge::Scheme::digest_md5;
  else if (!text::equal(scheme, "Basic"))
    return std::nullopt;
  while (!header.empty()) {
    auto [name, value] = take_pair(header);
    if (text::equal(name, "realm")) challenge.realm = value;
    if (text::equal(name, "nonce")) challenge.nonce = value;
    if (text::equal(name, "opaque")) challenge.opaque = value;
    if (text::equal(name, "stale")) challenge.stale = text::equal(value, "true");
    if (text::equal(name, "qop"))
      for (std::string_view list = value; !list.empty();)
        if (text::equal(text::trimmed(text::cut(list, ',')), "auth")) challenge.qop_auth = true;
    if (text::equal(name, "algorithm") && challenge.scheme != Challenge::Scheme::basic) {
      if (text::equal(value, "SHA-256"))
        challenge.scheme = Challenge::Scheme::digest_sha256;
      else if (!text::equal(value, "MD5"))
        return std::nullopt;
    }
  }
  const bool digest = challenge.scheme != Challenge::Scheme::basic;
  if (digest && challenge.nonce.empty()) return std::nullopt;
  return challenge;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (c != '\r' && c != '\n') out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

std::optional<Challenge> strongest(const std::vector<std::string_view>& headers) {
  std::optional<Challenge> best;
  for (const std::string_view header : headers)
    if (auto challenge = parse(header); challenge && (!best || challenge->scheme > best->scheme)) best = challenge;
  return best;
}

bool Authenticator::take(const std::vector<std::string_view>& challenges) {
  auto challenge = strongest(challenges);
  if (!challenge || (username_.empty() && password_.empty())) return false;
  // An answer that never worked will not work now; one that did is about an old nonce,
  // also of cameras that do not say "stale".
  const bool refused = challenge_ && count_ > 0 && !challenge->stale && !proven_;
  if (refused) return false;
  proven_ = false;
  challenge_ = std::move(challenge);
  count_ = 0;
  return true;
}

std::optional<std::string> Authenticator::authorize(std::string_view method, std::string_view uri) {
  if (!challenge_) return std::nullopt;
  ++count_;
  if (challenge_->scheme == Challenge::Scheme::basic) return "Basic " + base64(username_ + ":" + password_);
  return digest(method, uri);
}

void Authenticator::accepted() noexcept { proven_ = true; }

std::string Authenticator::digest(std::string_view method, std::string_view uri) {
  const Challenge& c = *challenge_;
  const std::string secret = hash(c.scheme, username_ + ":" + c.realm + ":" + password_);
  const std::string request = hash(c.scheme, std::string(method) + ":" + std::string(uri));
  std::string out = "Digest username=" + quoted(username_) + ", realm=" + quoted(c.realm) +
                    ", nonce=" + quoted(c.nonce) + ", uri=" + quoted(uri);
  if (c.qop_auth) {
    std::array<char, 9> count{};
    std::snprintf(count.data(), count.size(), "%08x", count_);
    const std::string own = cnonce_.empty() ? cnonce_ = crypto::random_token(12) : cnonce_;
    const std::string response =
        hash(c.scheme, secret + ":" + c.nonce + ":" + count.data() + ":" + own + ":auth:" + request);
    out += ", response=" + quoted(response) + ", qop=auth, nc=" + count.data() + ", cnonce=" + quoted(own);
  } else {
    out += ", response=" + quoted(hash(c.scheme, secret + ":" + c.nonce + ":" + request));
  }
  if (c.scheme == Challenge::Scheme::digest_sha256) out += ", algorithm=SHA-256";
  if (!c.opaque.empty()) out += ", opaque=" + quoted(c.opaque);
  return out;
}

}  // namespace pitview::rtsp
