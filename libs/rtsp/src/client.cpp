#include "pitview/rtsp/client.h"

#include <boost/asio/ip/udp.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include "connection.h"
#include "pitview/async/deadline.h"
#include "text.h"

namespace pitview::rtsp {
namespace {

constexpr int kMaxRedirects = 3;
constexpr int kMaxTries = 3;                     // of one request, for challenges and stale nonces
constexpr std::uint16_t kFirstUdpPort = 16'384;  // RFC 3550 wants an even one; below the ephemeral ports
constexpr std::uint16_t kLastUdpPort = 32'766;
constexpr std::chrono::milliseconds kLookEvery{500};
constexpr std::size_t kUdpBytes = 65'536;
constexpr int kUdpBuffer = 4 << 20;  // a key frame comes in one burst

Failure unexpected(const std::string& method, const Response& response) {
  const std::string said = std::to_string(response.status) + " " + response.reason;
  switch (response.status) {
    case 401:
    case 403: return {Fault::unauthorized, "The camera does not take the user name and password (" + said + ")."};
    case 404: return {Fault::not_found, "The camera has no such stream (" + said + ")."};
    default: return {Fault::refused, "The camera answered " + method + " with " + said + "."};
  }
}

// A pair of neighbouring UDP ports, the even one for RTP.
struct UdpPorts {
  explicit UdpPorts(const asio::any_io_executor& executor) : rtp(executor), rtcp(executor) {}

  // False when no pair is free.
  bool open(const asio::ip::address& local) {
    const auto protocol = local.is_v6() ? asio::ip::udp::v6() : asio::ip::udp::v4();
    static std::uint16_t next = kFirstUdpPort;
    for (int tries = 0; tries < (kLastUdpPort - kFirstUdpPort) / 2; ++tries) {
      port = next;
      next = static_cast<std::uint16_t>(next + 2 > kLastUdpPort ? kFirstUdpPort : next + 2);
      error_code failure;
      rtp.open(protocol, failure);
      rtcp.open(protocol, failure);
      rtp.bind({local, port}, failure);
      if (!failure) rtcp.bind({local, static_cast<std::uint16_t>(port + 1)}, failure);
      if (!failure) {
        rtp.set_option(asio::socket_base::receive_buffer_size(kUdpBuffer), failure);
        return true;
      }
      close();
    }
    return false;
  }
  void close() {
    error_code ignored;
    rtp.close(ignored);
    rtcp.close(ignored);
  }

  asio::ip::udp::socket rtp;
  asio::ip::udp::socket rtcp;
  std::uint16_t port = 0;
};

}  // namespace

std::string_view name_of(Fault fault) noexcept {
  switch (fault) {
    case Fault::unreachable: return "unreachable";
    case Fault::unauthorized: return "unauthorized";
    case Fault::not_found: return "not_found";
    case Fault::no_video: return "no_video";
    case Fault::refused: return "refused";
    case Fault::malformed: return "malformed";
    case Fault::silent: return "silent";
    case Fault::closed: return "closed";
  }
  return "closed";
}

struct Client::Impl {
  Impl(asio::any_io_executor where, Url address, Options wanted)
      : executor(std::move(where)),
        url(std::move(address)),
        options(wanted),
        connection(executor),
        udp(executor),
        authenticator(url.username, url.password),
        transport(wanted.transport) {}

  // The answer to a request, whatever its status; packets meanwhile go to on_packet.
  Awaitable<std::variant<Response, Failure>> ask(std::string method, std::string uri, Headers headers);
  Awaitable<std::variant<Response, Failure>> ask_once(std::string method, std::string uri, Headers headers);
  Awaitable<std::variant<Response, Failure>> await_answer();
  // As ask(), but any status other than 200 is a failure.
  Awaitable<std::variant<Response, Failure>> demand(std::string method, std::string uri, Headers headers);

  Awaitable<std::optional<Failure>> describe_here();
  Awaitable<std::optional<Failure>> set_up(const std::string& track_url);
  Awaitable<std::optional<Failure>> take_transport(std::string_view header);

  Awaitable<Failure> read_connection();
  Awaitable<Failure> read_udp(asio::ip::udp::socket& socket, bool rtcp);
  Awaitable<Failure> watch();
  void packet(std::span<const std::uint8_t> bytes, bool rtcp) {
    if (!rtcp) last_picture = std::chrono::steady_clock::now();
    if (on_packet) on_packet(bytes, rtcp);
  }

  asio::any_io_executor executor;
  Url url;
  Options options;
  Connection connection;
  UdpPorts udp;
  Authenticator authenticator;
  Transport transport;
  Description description;
  std::string base;
  Session session;
  bool get_parameter = false;
  std::uint8_t rtp_channel = 0;
  std::uint8_t rtcp_channel = 1;
  OnPacket on_packet;
  std::chrono::steady_clock::time_point last_picture;  // its reports go on when its encoder hangs
};

Client::Client(asio::any_io_executor executor, Url url, Options options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(url), options)) {}
Client::~Client() = default;

const Description& Client::description() const noexcept { return impl_->description; }
Transport Client::transport() const noexcept { return impl_->transport; }

Awaitable<std::optional<Failure>> Client::describe() {
  Impl& self = *impl_;
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    if (auto failure = co_await self.connection.open(self.url.host, self.url.port, self.options.connect))
      co_return failure;
    const std::string before = self.url.text();
    auto failure = co_await self.describe_here();
    if (failure || self.url.text() == before) co_return failure;
  }
  co_return Failure{Fault::refused, "The camera sends us from one address to the next."};
}

// Leaves another address in `url` when the camera redirects.
Awaitable<std::optional<Failure>> Client::Impl::describe_here() {
  const std::string uri = url.text();
  auto options_answer = co_await ask("OPTIONS", uri, {});
  if (auto* failure = std::get_if<Failure>(&options_answer)) co_return std::move(*failure);
  // Some cameras know no OPTIONS without a password: what it says is a hint only.
  get_parameter = std::get<Response>(options_answer).header("Public").find("GET_PARAMETER") != std::string_view::npos;

  auto answer = co_await ask("DESCRIBE", uri, {{"Accept", "application/sdp"}});
  if (auto* failure = std::get_if<Failure>(&answer)) co_return std::move(*failure);
  const Response& response = std::get<Response>(answer);
  if (response.status >= 300 && response.status < 400) {
    Result<Url> next = parse_url(response.header("Location"));
    if (!next) co_return Failure{Fault::refused, "The camera redirects to no address."};
    // Only who was trusted with them gets the user name and password.
    if (next->username.empty() && next->host == url.host) {
      next->username = url.username;
      next->password = url.password;
    }
    authenticator = Authenticator(next->username, next->password);
    url = std::move(*next);
    co_return std::nullopt;
  }
  if (response.status != 200) co_return unexpected("DESCRIBE", response);
  Result<Description> parsed = parse_description(response.body);
  if (!parsed) co_return Failure{Fault::malformed, parsed.error().detail};
  description = std::move(*parsed);
  if (description.videos.empty()) co_return Failure{Fault::no_video, "The camera describes no video."};
  base = std::string(response.header("Content-Base"));
  if (base.empty()) base = std::string(response.header("Content-Location"));
  if (base.empty()) base = uri;
  co_return std::nullopt;
}

Awaitable<std::optional<Failure>> Client::play(const VideoTrack& track) {
  Impl& self = *impl_;
  const std::string track_url = control_url(self.base, track.control);
  if (auto failure = co_await self.set_up(track_url)) co_return failure;
  std::string session_url = control_url(self.base, self.description.control);
  auto answer = co_await self.demand("PLAY", std::move(session_url), {{"Range", "npt=0.000-"}});
  if (auto* failure = std::get_if<Failure>(&answer)) co_return std::move(*failure);
  co_return std::nullopt;
}

Awaitable<std::optional<Failure>> Client::Impl::set_up(const std::string& track_url) {
  for (int tries = 0; tries < 2; ++tries) {
    std::string wanted = "RTP/AVP/TCP;unicast;interleaved=0-1";
    if (transport == Transport::udp) {
      udp.close();
      if (!udp.open(connection.local_address())) co_return Failure{Fault::refused, "No UDP port is free here."};
      wanted = "RTP/AVP;unicast;client_port=" + std::to_string(udp.port) + "-" + std::to_string(udp.port + 1);
    }
    auto answer = co_await ask("SETUP", track_url, {{"Transport", wanted}});
    if (auto* failure = std::get_if<Failure>(&answer)) co_return std::move(*failure);
    const Response& response = std::get<Response>(answer);
    if (response.status == 461 && tries == 0) {  // Unsupported Transport: the other one then
      transport = transport == Transport::tcp ? Transport::udp : Transport::tcp;
      continue;
    }
    if (response.status != 200) co_return unexpected("SETUP", response);
    session = parse_session(response.header("Session"));
    co_return co_await take_transport(response.header("Transport"));
  }
  co_return Failure{Fault::refused, "The camera sends neither over TCP nor over UDP."};
}

Awaitable<std::optional<Failure>> Client::Impl::take_transport(std::string_view header) {
  const auto pair_of = [&](std::string_view name) -> std::optional<std::pair<std::uint16_t, std::uint16_t>> {
    auto value = parameter(header, name);
    if (!value) return std::nullopt;
    const auto first = text::number(text::cut(*value, '-'), 65'535);
    const auto second = value->empty() ? std::optional<std::uint32_t>() : text::number(*value, 65'535);
    if (!first) return std::nullopt;
    return std::pair(static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(second.value_or(*first + 1)));
  };
  if (transport == Transport::tcp) {
    const auto channels = pair_of("interleaved").value_or(std::pair<std::uint16_t, std::uint16_t>(0, 1));
    if (channels.first > 255 || channels.second > 255)
      co_return Failure{Fault::malformed, "The camera's SETUP names channels that there are not."};
    rtp_channel = static_cast<std::uint8_t>(channels.first);
    rtcp_channel = static_cast<std::uint8_t>(channels.second);
    co_return std::nullopt;
  }
  // Nothing but the camera's own packets, and a way through a firewall on ours.
  const auto ports = pair_of("server_port");
  if (!ports) co_return std::nullopt;
  const asio::ip::address camera = connection.remote_address();
  error_code failure;
  udp.rtp.connect({camera, ports->first}, failure);
  udp.rtcp.connect({camera, ports->second}, failure);
  constexpr std::array<std::uint8_t, 12> kOpener = {0x80};
  udp.rtp.send(asio::buffer(kOpener), 0, failure);
  co_return std::nullopt;
}

Awaitable<std::variant<Response, Failure>> Client::Impl::demand(std::string method, std::string uri, Headers headers) {
  auto answer = co_await ask(method, std::move(uri), std::move(headers));
  if (const auto* response = std::get_if<Response>(&answer); response != nullptr && response->status != 200)
    co_return unexpected(method, *response);
  co_return answer;
}

Awaitable<std::variant<Response, Failure>> Client::Impl::ask(std::string method, std::string uri, Headers headers) {
  for (int tries = 0; tries < kMaxTries; ++tries) {
    auto answer = co_await ask_once(method, uri, headers);
    const auto* response = std::get_if<Response>(&answer);
    if (response == nullptr) co_return answer;
    if (response->status != 401) {
      if (response->status == 200) authenticator.accepted();
      co_return answer;
    }
    if (!authenticator.take(response->all("WWW-Authenticate"))) co_return answer;
  }
  co_return Failure{Fault::unauthorized, "The camera asks for the password again and again."};
}

Awaitable<std::variant<Response, Failure>> Client::Impl::ask_once(std::string method, std::string uri,
                                                                  Headers headers) {
  if (const auto authorization = authenticator.authorize(method, uri))
    headers.emplace_back("Authorization", *authorization);
  if (!session.id.empty()) headers.emplace_back("Session", session.id);
  const Request request{std::move(method), std::move(uri), connection.next_cseq(), std::move(headers)};
  if (auto failure = co_await connection.send(write(request))) co_return std::move(*failure);
  auto answer = co_await with_deadline(options.answer, await_answer());
  if (!answer) co_return Failure{Fault::silent, "The camera does not answer " + request.method + "."};
  co_return std::move(*answer);
}

Awaitable<std::variant<Response, Failure>> Client::Impl::await_answer() {
  while (true) {
    auto next = co_await connection.next();
    if (auto* failure = std::get_if<Failure>(&next)) co_return std::move(*failure);
    if (auto* response = std::get_if<Response>(&std::get<Message>(next))) co_return std::move(*response);
    // Packets may come before the answer to PLAY; they are early, not lost for long.
  }
}

Awaitable<Failure> Client::receive(OnPacket on_packet) {
  using asio::experimental::awaitable_operators::operator||;
  Impl& self = *impl_;
  self.on_packet = std::move(on_packet);
  self.last_picture = std::chrono::steady_clock::now();
  if (self.transport == Transport::udp) {
    auto ended = co_await (self.read_connection() || self.read_udp(self.udp.rtp, false) ||
                           self.read_udp(self.udp.rtcp, true) || self.watch());
    co_return std::visit([](auto& failure) { return std::move(failure); }, ended);
  }
  auto ended = co_await (self.read_connection() || self.watch());
  co_return std::visit([](auto& failure) { return std::move(failure); }, ended);
}

Awaitable<Failure> Client::Impl::read_connection() {
  while (true) {
    auto next = co_await connection.next();
    if (auto* failure = std::get_if<Failure>(&next)) co_return std::move(*failure);
    Message& message = std::get<Message>(next);
    if (const auto* interleaved = std::get_if<Interleaved>(&message)) {
      if (interleaved->channel == rtp_channel) packet(interleaved->payload, false);
      if (interleaved->channel == rtcp_channel) packet(interleaved->payload, true);
    } else if (const auto* request = std::get_if<PeerRequest>(&message)) {
      const std::string answer = "RTSP/1.0 501 Not Implemented\r\nCSeq: " + request->cseq + "\r\n\r\n";
      if (auto failure = co_await connection.send(answer)) co_return std::move(*failure);
    } else if (const auto& response = std::get<Response>(message); response.status == 401) {
      // To a keep-alive: its nonce is old. The next one takes the new one.
      if (!authenticator.take(response.all("WWW-Authenticate"))) co_return unexpected("OPTIONS", response);
    } else if (response.status == 454) {
      co_return Failure{Fault::closed, "The camera has forgotten the session."};
    } else if (response.status == 200) {
      authenticator.accepted();
    }
  }
}

Awaitable<Failure> Client::Impl::read_udp(asio::ip::udp::socket& socket, bool rtcp) {
  std::vector<std::uint8_t> buffer(kUdpBytes);
  while (true) {
    error_code failure;
    const std::size_t size =
        co_await socket.async_receive(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failure));
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    // A camera that is starting refuses its port for a moment: the watchdog decides.
    if (!failure) packet(std::span(buffer).first(size), rtcp);
  }
}

// Keep-alives at half the session's time, and the watchdog.
Awaitable<Failure> Client::Impl::watch() {
  const auto every =
      std::min<std::chrono::milliseconds>(std::chrono::seconds(session.timeout_s) / 2, std::chrono::seconds(30));
  auto keep_alive_at = std::chrono::steady_clock::now() + every;
  while (true) {
    co_await sleep_for(std::min<std::chrono::milliseconds>(options.silence / 4, kLookEvery));
    if (std::chrono::steady_clock::now() - last_picture > options.silence)
      co_return Failure{Fault::silent, "The camera is connected and sends no pictures."};
    if (std::chrono::steady_clock::now() < keep_alive_at) continue;
    keep_alive_at = std::chrono::steady_clock::now() + every;
    std::string uri = control_url(base, description.control);
    const std::string method = get_parameter ? "GET_PARAMETER" : "OPTIONS";
    Headers headers = {{"Session", session.id}};
    if (const auto authorization = authenticator.authorize(method, uri))
      headers.emplace_back("Authorization", *authorization);
    const Request request{method, std::move(uri), connection.next_cseq(), std::move(headers)};
    if (auto failure = co_await connection.send(write(request))) co_return std::move(*failure);
  }
}

Awaitable<> Client::close() {
  Impl& self = *impl_;
  if (self.connection.is_open() && !self.session.id.empty()) {
    const Request goodbye{"TEARDOWN",
                          control_url(self.base, self.description.control),
                          self.connection.next_cseq(),
                          {{"Session", self.session.id}}};
    co_await with_deadline(std::chrono::milliseconds(200), self.connection.send(write(goodbye)));
  }
  self.connection.close();
  self.udp.close();
}

}  // namespace pitview::rtsp
