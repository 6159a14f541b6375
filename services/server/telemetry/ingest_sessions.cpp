#include "telemetry/ingest_sessions.h"

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::telemetry {
namespace {

using State = cluster::SessionNotice::State;

constexpr std::chrono::seconds kGoodbyeLimit{2};
constexpr std::chrono::seconds kLookAgain{1};
constexpr std::chrono::seconds kLongestBackOff{2};
constexpr std::chrono::milliseconds kGraceSpread{5'000};
// A token names its session in the bits that a count of connections never reaches.
constexpr unsigned kSessionShift = 40;

mqtt::ClientOptions receiving(mqtt::ClientOptions options, const std::string& server_name) {
  options.client_id += "-ingest";
  if (!server_name.empty()) options.client_id += "-" + server_name;
  options.clean_session = false;
  // Mosquitto 2.0 forgets shared subscriptions when it is restarted, plain ones not,
  // so the only server has plain ones.
  const std::string group = server_name.empty() ? "" : "$share/ingest/";
  options.subscriptions = {{group + "workshop/+/pit/+/sensors", mqtt::QoS::at_least_once},
                           {group + "workshop/+/+/sensors", mqtt::QoS::at_least_once}};
  options.longest_back_off = kLongestBackOff;
  options.max_packet_bytes = 64 * 1024;
  return options;
}

// Different for each server, so that two do not adopt at the same moment.
std::chrono::milliseconds grace_of(const IngestSessions::Options& options) {
  const std::size_t spread = std::hash<std::string>{}(options.server_name) % kGraceSpread.count();
  return options.grace + std::chrono::milliseconds(spread);
}

std::string notice_topic(const std::string& server_name) {
  return std::string(IngestSessions::kNoticeTopics) + server_name;
}

}  // namespace

struct IngestSessions::Session {
  std::uint64_t number;
  mqtt::Client client;

  Session(std::uint64_t session_number, asio::any_io_executor executor, mqtt::ClientOptions options,
          mqtt::Handlers handlers)
      : number(session_number), client(std::move(executor), std::move(options), std::move(handlers)) {}
};

IngestSessions::IngestSessions(broker::Link& link, Options options)
    : link_(link),
      options_(std::move(options)),
      adoption_(options_.server_name, grace_of(options_)),
      tasks_(link.executor()),
      session_tasks_(link.executor()),
      wake_(link.executor()) {}

IngestSessions::~IngestSessions() = default;

void IngestSessions::start(OnMessage on_message) {
  on_message_ = std::move(on_message);
  own_ = open(options_.server_name, true);
  session_tasks_.spawn("ingest_session", own_->client.run());
  if (!options_.server_name.empty()) tasks_.spawn("orphaned_sessions", watch_for_orphans());
}

std::unique_ptr<IngestSessions::Session> IngestSessions::open(const std::string& server_name, bool ours) {
  mqtt::ClientOptions options = receiving(options_.broker, server_name);
  options.reconnect = ours;
  // Its will says that the session has nobody; an adopter leaves none, because it
  // is thrown out only by one who then serves it.
  if (ours && !server_name.empty())
    options.will = mqtt::Will{notice_topic(server_name), cluster::write_notice({State::orphaned, ""}),
                              mqtt::QoS::at_least_once, true};
  const std::uint64_t number = ++sessions_opened_;
  mqtt::Handlers handlers;
  handlers.on_message = [this, number](mqtt::Message message) {
    message.token.connection |= number << kSessionShift;
    on_message_(std::move(message));
  };
  handlers.on_connected = [this, server_name, ours](bool session_present) {
    log::info("ingest_connected", {{"session", server_name}, {"session_present", session_present}, {"ours", ours}});
    say(server_name, ours ? cluster::SessionNotice{State::served_by_owner, ""}
                          : cluster::SessionNotice{State::adopted, options_.server_name});
  };
  return std::make_unique<Session>(number, link_.executor(), std::move(options), std::move(handlers));
}

Awaitable<> IngestSessions::stop() {
  stopping_ = true;  // from now on it is true that our session has nobody
  tasks_.cancel();
  co_await tasks_.join();
  if (own_ && (options_.server_name.empty() || co_await say_orphaned())) {
    own_->client.stop();
    for (const auto& [name, session] : adopted_) session->client.stop();
    co_await with_deadline(kGoodbyeLimit, session_tasks_.join());
  }
  // Without a goodbye the broker publishes our will, which says the same.
  session_tasks_.cancel();
  co_await session_tasks_.join();
}

bool IngestSessions::connected() const noexcept { return own_ && own_->client.connected(); }

void IngestSessions::acknowledge(mqtt::AckToken token, mqtt::AckOrder order) {
  const std::uint64_t number = token.connection >> kSessionShift;
  token.connection &= (std::uint64_t{1} << kSessionShift) - 1;
  if (own_ && own_->number == number) return own_->client.acknowledge(token, order);
  for (const auto& [name, session] : adopted_)
    if (session->number == number) return session->client.acknowledge(token, order);
}

void IngestSessions::noted(const mqtt::Message& message) {
  link_.acknowledge(message.token);
  if (stopping_ || options_.server_name.empty() || !message.topic.starts_with(kNoticeTopics)) return;
  const std::string name = message.topic.substr(kNoticeTopics.size());
  if (message.payload.empty()) return adoption_.forgotten(name);
  const auto notice = cluster::parse_notice(message.payload);
  if (!notice) return;
  if (adoption_.noted(name, *notice, std::chrono::steady_clock::now())) {
    if (name != options_.server_name) {
      say(name, {State::adopted, options_.server_name});
    } else if (connected()) {
      say(name, {State::served_by_owner, ""});
    }
  }
  wake_.cancel();
}

Awaitable<> IngestSessions::watch_for_orphans() {
  while (true) {
    wake_.expires_at(adoption_.next_due().value_or(asio::steady_timer::time_point::max()));
    error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
    if (!link_.connected()) {  // it is perhaps we who are cut off
      co_await sleep_for(kLookAgain);
      continue;
    }
    for (const std::string& name : adoption_.take_due(std::chrono::steady_clock::now()))
      session_tasks_.spawn("adopted_session", serve_adopted(name));
  }
}

// Until the owner, or another adopter, takes the session from us.
Awaitable<> IngestSessions::serve_adopted(std::string server_name) {
  log::warning("ingest_session_adopted", {{"session", server_name}});
  mqtt::Client& client = (adopted_[server_name] = open(server_name, false))->client;
  adopted_count_ = adopted_.size();
  std::exception_ptr cancelled;
  try {
    co_await client.run();
  } catch (...) {
    cancelled = std::current_exception();
  }
  adopted_.erase(server_name);
  adopted_count_ = adopted_.size();
  if (cancelled) std::rethrow_exception(cancelled);
  log::info("ingest_session_given_back", {{"session", server_name}});
  adoption_.released(server_name, std::chrono::steady_clock::now());
  wake_.cancel();
}

// Whoever stays looks after our session: a goodbye takes back the will. False: it
// could not be said.
Awaitable<bool> IngestSessions::say_orphaned() {
  std::string payload = cluster::write_notice({State::orphaned, ""});
  const auto said = co_await with_deadline(kGoodbyeLimit, publish_notice(options_.server_name, std::move(payload)));
  co_return said.value_or(false);
}

void IngestSessions::say(const std::string& server_name, cluster::SessionNotice notice) {
  if (stopping_ || options_.server_name.empty()) return;
  tasks_.spawn("session_notice", say_later(server_name, cluster::write_notice(notice)));
}

// Not taken now: the broker repeats what it has, and that is then corrected.
Awaitable<> IngestSessions::say_later(std::string server_name, std::string payload) {
  co_await publish_notice(std::move(server_name), std::move(payload));
}

Awaitable<bool> IngestSessions::publish_notice(std::string server_name, std::string payload) {
  constexpr bool kRetain = true;
  const Result<> sent =
      co_await link_.publish(notice_topic(server_name), std::move(payload), mqtt::QoS::at_least_once, kRetain);
  co_return sent.has_value();
}

}  // namespace pitview::telemetry
