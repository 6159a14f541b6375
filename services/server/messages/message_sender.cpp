#include "messages/message_sender.h"

#include <random>

#include "auth/sealed_phone.h"
#include "customers/tracking_links.h"
#include "messages/message_mail.h"
#include "messages/message_texts.h"
#include "messages/outbox.h"
#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::messages {
namespace {

constexpr std::size_t kAtOnce = 8;
constexpr int kBatch = 64;
constexpr std::chrono::seconds kLease{120};  // longer than a batch takes when every call of a provider times out
constexpr std::chrono::seconds kLook{1};
constexpr std::string_view kHidden = "••••";

double any_share() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(random);
}

// Of an alert: "Shine Detailing, pit 3"; the platform's own are at no pit.
std::string place_of(const Claimed& message) {
  if (message.pit.empty()) return message.workshop_name;
  return message.workshop_name + (message.language == "hi" ? ", पिट " : ", pit ") + message.pit;
}

// `hides`: as staff may read it later.
Values values_of(const Claimed& message, const std::optional<Secrets>& secrets, std::string link, bool hides) {
  const auto secret = [&](std::string text) { return hides && !text.empty() ? std::string(kHidden) : std::move(text); };
  return {{"customer", message.customer},
          {"workshop", message.workshop_name},
          {"phone", message.workshop_phone},
          {"car", message.car},
          {"work", message.work},
          {"stage", message.stage},
          {"sentence", message.sentence},
          {"ready", message.ready},
          {"reason", message.reason},
          {"place", place_of(message)},
          {"alert", message.alert},
          {"link", secret(std::move(link))},
          {"username", secrets ? secrets->username : ""},
          {"password", secret(secrets ? secrets->password : "")}};
}

bool has_failed(messaging::ReceiptStatus said) {
  return said == messaging::ReceiptStatus::undelivered || said == messaging::ReceiptStatus::failed;
}

}  // namespace

MessageSender::MessageSender(asio::any_io_executor executor, Parts parts)
    : executor_(executor), parts_(std::move(parts)), pool_(kAtOnce, kBatch), tasks_(executor) {}

void MessageSender::start() { tasks_.spawn("messages", run()); }

Awaitable<> MessageSender::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Awaitable<> MessageSender::run() {
  while (true) {
    std::size_t sent = 0;
    try {
      sent = co_await step();
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      log::warning("messages_wait", {{"reason", e.what()}});
    } catch (const std::exception& e) {
      log::warning("messages_wait", {{"reason", e.what()}});
    }
    if (sent == 0) co_await sleep_for(kLook);
  }
}

Awaitable<std::size_t> MessageSender::step() {
  auto claimed = co_await parts_.messages.claim(parts_.clock.now(), kLease, kBatch);
  const std::size_t count = claimed.size();
  // Whoever is cancelled meanwhile still notes what the provider has taken.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  TaskGroup sending(executor_);
  for (Claimed& message : claimed) sending.spawn("message", send(std::move(message)));
  co_await sending.join();
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  co_return count;
}

Awaitable<> MessageSender::send(Claimed message) {
  const Timestamp now = parts_.clock.now();
  // Whatever fails here before anything is noted (a number of another key, say) must not hold up its job for ever.
  if (message.attempt > kMaxAttempts) {
    co_await give_up(message, now, MessageStatus::failed, "It could not be sent.");
    co_return;
  }
  Decision decision = decide(message.situation, now);
  if (decision.what == Decision::What::drop) {
    co_await give_up(message, now, MessageStatus::dropped, std::move(decision.reason));
    co_return;
  }
  if (decision.what == Decision::What::wait) {
    co_await parts_.messages.wait_until(message, decision.until, std::move(decision.reason));
    co_return;
  }
  co_await hand_over(message, now);
}

// As far as anybody knows, what WhatsApp has was said: it has not arrived yet, or nobody has told us.
Awaitable<> MessageSender::give_up(const Claimed& message, Timestamp now, MessageStatus status, std::string reason) {
  Ended ended{.status = status, .reason = std::move(reason)};
  if (message.whatsapp) ended.channel = "whatsapp";
  if (message.whatsapp && !has_failed(*message.whatsapp)) {
    ended.status = MessageStatus::sent;
    ended.reason = "No SMS followed. " + ended.reason;
  }
  co_await parts_.messages.end(message, now, std::move(ended));
}

Awaitable<> MessageSender::hand_over(const Claimed& message, Timestamp now) {
  std::optional<Secrets> secrets;
  if (message.secrets) secrets = open_secrets(parts_.data_key, message.secrets->data);
  std::string link;
  if (message.link) {
    const auto token = customers::open_tracking_token(parts_.data_key, *message.link);
    if (token) link = parts_.link_address + *token;
  }
  const MessageKind kind = *message.situation.kind;
  const std::string_view words = message.own_words ? *message.own_words : default_text(kind, message.language);
  const Values values = values_of(message, secrets, link, false);
  std::string text = render(words, values);
  const std::string phone = message.phone ? auth::open_phone(parts_.data_key, *message.phone) : "";
  // A template says what the product says: a workshop's own words, and a text whose link is gone, go by SMS.
  auto variables = template_variables(kind, message.language, values);
  Outgoing outgoing{.key = "pitview-" + std::to_string(message.id.value),
                    .phone = phone,
                    .email = message.email,
                    .subject = message.car.empty() ? message.workshop_name : message.workshop_name + ": " + message.car,
                    .text = text,
                    .html = mail_html({message.language, message.workshop_name, text, link}),
                    .kind = kind,
                    .language = message.language,
                    .may_be_whatsapp = !message.own_words && !message.whatsapp && variables.has_value(),
                    .template_variables = variables.value_or(std::vector<std::string>{}),
                    .written = message.due};
  std::string shown = render(words, values_of(message, secrets, link, true));
  const auto handed =
      co_await pool_.run<Handed>([this, outgoing = std::move(outgoing)] { return parts_.provider.send(outgoing); });
  const Handed busy{.outcome = Handed::Outcome::later, .reason = "Too many messages are being sent."};
  if (handed && handed->opted_out) co_await end_consent(phone, now);
  co_await note(message, handed.value_or(busy), std::move(shown), now);
}

// The provider says so: they wrote STOP to it, or have blocked us.
Awaitable<> MessageSender::end_consent(const std::string& phone, Timestamp now) {
  const auto lookup = auth::seal_phone(parts_.data_key, phone).lookup;
  co_await parts_.messages.set_wanted(lookup, false, std::nullopt, now);
}

Awaitable<> MessageSender::note(const Claimed& message, const Handed& handed, std::string shown, Timestamp now) {
  using Outcome = Handed::Outcome;
  if (handed.outcome == Outcome::later && message.attempt < kMaxAttempts) {
    const auto pause = std::max(pause_before_next(message.attempt, any_share()), handed.not_before);
    co_await parts_.messages.try_again(message, now + pause, handed.reason);
    co_return;
  }
  if (handed.outcome != Outcome::taken && message.whatsapp) {
    co_await give_up(message, now, MessageStatus::failed, handed.reason);
    co_return;
  }
  const bool by_whatsapp = handed.channel == "whatsapp";
  const std::int64_t cost = handed.outcome != Outcome::taken ? 0
                            : by_whatsapp                    ? parts_.prices.whatsapp_paise
                                          : std::int64_t{handed.segments} * parts_.prices.sms_segment_paise;
  bool noted = false;
  if (handed.outcome == Outcome::taken && by_whatsapp) {
    const auto patience = patience_with_whatsapp(message.situation.is_urgent, parts_.whatsapp_patience);
    Awaited awaited{.fallback_at = {}, .whatsapp_id = handed.provider_id, .text = std::move(shown), .cost_paise = cost};
    if (handed.has_fallback) awaited.fallback_at = now + patience;
    noted = co_await parts_.messages.await_receipt(message, now, std::move(awaited));
  } else {
    Ended ended{.status = MessageStatus::failed,
                .reason = handed.reason,
                .channel = handed.channel,
                .provider_id = handed.provider_id,
                .text = std::move(shown),
                .segments = handed.outcome == Outcome::taken ? handed.segments : 0,
                .cost_paise = cost};
    if (handed.outcome == Outcome::taken) ended.status = MessageStatus::sent;
    if (handed.outcome == Outcome::nobody) ended.status = MessageStatus::not_sent;
    noted = co_await parts_.messages.end(message, now, std::move(ended));
  }
  if (!noted) log::warning("message_was_sent_twice", {{"message", message.id.value}});
}

}  // namespace pitview::messages
