#include "messages/message_texts.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pitview::messages {
namespace {

struct Text {
  std::string_view english;
  std::string_view hindi;
};

// Short: three SMS at most, with a link of 70 characters.
Text text_of(MessageKind kind) noexcept {
  switch (kind) {
    case MessageKind::credentials:
      return {
          "Hello {customer}, {workshop} will look after your {car}. Watch the work live: {link} "
          "User {username}, password {password}",
          "नमस्ते {customer}, {workshop} में आपकी {car} का काम होगा। काम लाइव देखें: {link} यूज़र {username}, पासवर्ड "
          "{password}"};
    case MessageKind::tracking_link:
      return {"Hello {customer}, {workshop} will look after your {car}. Watch the work live: {link}",
              "नमस्ते {customer}, {workshop} में आपकी {car} का काम होगा। काम लाइव देखें: {link}"};
    case MessageKind::job_started:
      return {"Work on your {car} has begun: {work}. It should be ready at {ready}. {link}",
              "आपकी {car} पर काम शुरू हो गया है: {work}। लगभग {ready} तक तैयार होगी। {link}"};
    case MessageKind::stage_begun:
      return {"Your {car}: {stage}. {sentence} {link}", "आपकी {car}: {stage}। {sentence} {link}"};
    case MessageKind::time_changed:
      return {"There is a new time for your {car}: it should be ready at {ready}. {reason} {link}",
              "आपकी {car} का नया समय: लगभग {ready} तक तैयार होगी। {reason} {link}"};
    case MessageKind::time_left:
      return {"About 30 minutes left: your {car} should be ready at {ready}. {link}",
              "लगभग 30 मिनट बाकी हैं: आपकी {car} {ready} तक तैयार हो जाएगी। {link}"};
    case MessageKind::running_late:
      return {"The work on your {car} takes a little longer than {ready}. We will tell you the new time. {link}",
              "आपकी {car} का काम {ready} से थोड़ा ज़्यादा समय लेगा। नया समय हम जल्द बताएंगे। {link}"};
    case MessageKind::job_completed:
      return {"Your {car} is ready. You can collect it at {workshop}. {link}",
              "आपकी {car} तैयार है। आप इसे {workshop} से ले सकते हैं। {link}"};
    case MessageKind::rating_request:
      return {"How was it? Tell {workshop} what you think of the work on your {car}: {link}",
              "काम कैसा रहा? {workshop} को बताएं कि आपकी {car} का काम कैसा लगा: {link}"};
    case MessageKind::alert: return {"PitView: {place}: {alert}", "PitView चेतावनी: {place}: {alert}"};
    case MessageKind::after_care_1:
      return {"Your film is bonding. No wash for a week, please; small bubbles dry out by themselves. {workshop}",
              "आपकी फ़िल्म जम रही है। कृपया एक हफ़्ते तक गाड़ी न धोएं; छोटे बुलबुले अपने आप सूख जाएंगे। {workshop}"};
    case MessageKind::after_care_7:
      return {
          "A week with your film: you may wash it now, by hand, with a mild shampoo and no high pressure at the edges. "
          "{workshop}",
          "फ़िल्म का एक हफ़्ता: अब गाड़ी धो सकते हैं, हाथ से, हल्के शैम्पू से, किनारों पर तेज़ पानी नहीं। {workshop}"};
    case MessageKind::after_care_14:
      return {
          "Two weeks with your film: is an edge lifting, or a bubble left? Come by for the inspection: {phone}. "
          "{workshop}",
          "फ़िल्म के दो हफ़्ते: कोई किनारा उठ रहा है या बुलबुला बचा है? जाँच के लिए आएं: {phone}। {workshop}"};
    case MessageKind::after_care_30:
      return {"A month with your film: come by for a short check whenever it suits you. {phone} {workshop}",
              "फ़िल्म का एक महीना: जब सुविधा हो, छोटी जाँच के लिए आएं। {phone} {workshop}"};
  }
  return {};
}

// From "{" on: the length of "{name}", 0 when it is none.
std::size_t placeholder_at(std::string_view text) noexcept {
  const std::size_t end = text.find('}');
  if (end == std::string_view::npos || end < 2) return 0;
  const std::string_view name = text.substr(1, end - 1);
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos ? end + 1 : 0;
}

constexpr std::size_t kLongestVariable = 1'000;  // bytes, of the 1,024 characters of a whole message

// Without line breaks, tabs and runs of spaces, which WhatsApp takes in no variable.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!is_space) line += c;
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.size() > kLongestVariable) {
    std::size_t end = kLongestVariable;
    while ((static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;  // not within a character of UTF-8
    line.resize(end);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace

std::string alert_sentence(const AlertWords& alert, std::string_view language) {
  if (language != "hi") return alert.message;
  constexpr std::pair<std::string_view, std::string_view> kHindi[] = {{"high_aqi", "हवा की गुणवत्ता (VOC) ख़राब है"},
                                                                      {"temp_out_of_range", "तापमान सीमा से बाहर है"},
                                                                      {"humidity_out_of_range", "नमी सीमा से बाहर है"},
                                                                      {"dew_point_margin", "हवा ओस बिंदु के पास है"},
                                                                      {"camera_offline", "कैमरा बंद है"},
                                                                      {"device_offline", "डिवाइस बंद है"}};
  for (const auto& [type, words] : kHindi) {
    if (type != alert.type) continue;
    std::string sentence(words);
    if (alert.value) sentence += " (" + std::to_string(std::lround(*alert.value)) + ")";
    return sentence + "।";
  }
  return alert.message;
}

std::string_view default_text(MessageKind kind, std::string_view language) noexcept {
  const Text text = text_of(kind);
  return language == "hi" ? text.hindi : text.english;
}

std::string render(std::string_view text, const Values& values) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = text.front() == '{' ? placeholder_at(text) : 0;
    if (size == 0) {
      // No two spaces where something is left out.
      if (text.front() != ' ' || (!out.empty() && out.back() != ' ')) out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view name = text.substr(1, size - 2);
    for (const auto& [known, value] : values)
      if (known == name) out += value;
    text.remove_prefix(size);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::vector<std::string_view> placeholders_of(std::string_view text) {
  std::vector<std::string_view> names;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1))
    if (const std::size_t size = placeholder_at(text.substr(at)); size > 0)
      names.push_back(text.substr(at + 1, size - 2));
  return names;
}

std::optional<std::vector<std::string>> template_variables(MessageKind kind, std::string_view language,
                                                           const Values& values) {
  std::vector<std::string> variables;
  for (const std::string_view name : placeholders_of(default_text(kind, language))) {
    const auto value =
        std::find_if(values.begin(), values.end(), [&](const auto& known) { return known.first == name; });
    std::string line = value == values.end() ? std::string() : one_line(value->second);
    if (line.empty() && name == "link") return std::nullopt;
    variables.push_back(line.empty() ? "–" : std::move(line));
  }
  return variables;
}

std::vector<std::string_view> known_placeholders(MessageKind kind) {
  if (kind == MessageKind::alert) return {"workshop", "place", "alert"};
  std::vector<std::string_view> known = {"customer", "workshop", "phone", "car", "work", "link"};
  if (is_after_care(kind)) return known;
  known.insert(known.end(), {"stage", "sentence", "ready", "reason"});
  if (kind == MessageKind::credentials) known.insert(known.end(), {"username", "password"});
  return known;
}

Result<> check_text(MessageKind kind, std::string_view text) {
  const auto refuse = [](std::string message) {
    return Error{Errc::validation_failed, "This text cannot be sent.", {{"text", std::move(message)}}, 0};
  };
  const auto known = known_placeholders(kind);
  const auto named = placeholders_of(text);
  for (const std::string_view name : named)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return refuse("names {" + std::string(name) + "}, which this message does not know");
  const bool is_way_in = kind == MessageKind::credentials || kind == MessageKind::tracking_link;
  if (is_way_in && std::find(named.begin(), named.end(), "link") == named.end())
    return refuse("must contain {link}: it is how the customer gets in");
  return Done{};
}

std::string preview(std::string_view text) {
  return render(text, {{"customer", "Ravi"},
                       {"workshop", "Shine Detailing"},
                       {"phone", "+91 20 5550 1234"},
                       {"car", "Tata Harrier"},
                       {"work", "Full body PPF"},
                       {"link", "https://pitview.example/t/Vb3kQ0xw7mTz"},
                       {"stage", "Film on the bonnet"},
                       {"sentence", "The film is being laid on the bonnet."},
                       {"ready", "5:30 PM"},
                       {"place", "Shine Detailing, pit 3"},
                       {"alert", "The camera has been away for 45 seconds."},
                       {"reason", "The bonnet needs a second piece."},
                       {"username", "ravi"},
                       {"password", "Kmtr7xw4pLd2q"}});
}

}  // namespace pitview::messages
