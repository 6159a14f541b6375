#include "pitview/http/static_files.h"

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "text.h"

namespace pitview::http {
namespace {

namespace fs = std::filesystem;

struct Encoding {
  std::string_view name;    // in Content-Encoding
  std::string_view suffix;  // of the file
};
constexpr Encoding kEncodings[] = {{"br", ".br"}, {"gzip", ".gz"}};  // the smaller first

struct File {
  fs::path path;
  std::string etag;
};

// "/assets/a.js" → "assets/a.js". Empty for what can be no file of ours: dot
// files and dot segments, empty segments, and separators hidden by encoding.
std::optional<std::string> safe_relative(std::string_view path) {
  std::string decoded;
  if (!path.starts_with('/') || !percent_decode(path.substr(1), false, decoded)) return std::nullopt;
  if (decoded.find('\\') != std::string::npos || decoded.find('\0') != std::string::npos) return std::nullopt;
  for (std::string_view rest = decoded; !rest.empty();) {
    const std::string_view segment = take_until(rest, '/');
    if (segment.empty() || segment.front() == '.') return std::nullopt;
  }
  if (decoded.ends_with('/')) return std::nullopt;
  return decoded;
}

// "/t/{token}", "/c/{token}" and "/v/{token}": links that people get. The first page reads the token and takes it out
// of the address.
bool is_link(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && path.size() > prefix.size() &&
         path.find('/', prefix.size()) == std::string_view::npos;
}

// Which file answers `path`: the pages by their addresses, the rest by name.
std::optional<std::string> file_for(std::string_view path) {
  if (path == "/") return "index.html";
  if (is_link(path, "/t/")) return "index.html";
  if (is_link(path, "/c/")) return "clip.html";
  if (is_link(path, "/v/")) return "certificate.html";
  if (path == "/claim") return "app.html";  // the address in the QR of every device's label
  const bool in_console = path == "/app" || path.starts_with("/app/");
  const std::string_view last = path.substr(path.rfind('/') + 1);
  if (in_console && last.find('.') == std::string_view::npos && last.find('%') == std::string_view::npos)
    return "app.html";
  return safe_relative(path);
}

// The file, when it is a regular one and really lies inside `root`, whatever
// symbolic links are on the way.
std::optional<File> find_file(const fs::path& root, const std::string& relative) {
  std::error_code ec;
  const fs::path base = fs::canonical(root, ec);
  if (ec) return std::nullopt;
  const fs::path path = fs::canonical(base / relative, ec);
  if (ec || !path.native().starts_with(base.native() + "/")) return std::nullopt;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  char etag[64];
  std::snprintf(etag, sizeof etag, "%llx.%lx-%llx", static_cast<unsigned long long>(status.st_mtim.tv_sec),
                static_cast<unsigned long>(status.st_mtim.tv_nsec), static_cast<unsigned long long>(status.st_size));
  return File{path, etag};
}

// RFC 9110 §12.5.3, without preferences among what is accepted.
bool accepts(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    std::string_view item = take_until(accept_encoding, ',');
    if (!equal_ignoring_case(trimmed(take_until(item, ';')), coding)) continue;
    const std::string_view weight = trimmed(item);
    return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
  }
  return false;
}

// RFC 9110 §13.1.2: weak comparison with a list.
bool matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view candidate = trimmed(take_until(if_none_match, ','));
    if (candidate == "*") return true;
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == etag) return true;
  }
  return false;
}

std::optional<std::string> contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Response serve(const fs::path& root, const Request& request) {
  const auto missing = [&] {
    return problem({Errc::not_found, "There is nothing at this address.", {}, 0}, request.request_id);
  };
  const std::optional<std::string> relative = file_for(request.path);
  if (!relative) return missing();
  std::optional<File> file = find_file(root, *relative);
  if (!file) return missing();

  Response response;
  response.content_type = content_type_of(fs::path(*relative).extension().native());
  bool varies = false;
  for (const Encoding& encoding : kEncodings) {
    std::optional<File> packed = find_file(root, *relative + std::string(encoding.suffix));
    if (!packed) continue;
    varies = true;
    if (!accepts(request.header("Accept-Encoding"), encoding.name)) continue;
    file = std::move(packed);
    file->etag.append(encoding.suffix);
    response.with("Content-Encoding", std::string(encoding.name));
    break;
  }
  if (varies) response.with("Vary", "Accept-Encoding");
  const bool hashed = relative->starts_with("assets/");
  response.with("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  const std::string etag = "\"" + file->etag + "\"";
  response.with("ETag", etag);
  if (matches(request.header("If-None-Match"), etag)) {
    response.status = 304;
    return response;
  }
  std::optional<std::string> body = contents(file->path);
  if (!body) return missing();
  response.body = std::move(*body);
  return response;
}

Awaitable<Response> answer(const fs::path& root, const Request& request) { co_return serve(root, request); }

}  // namespace

std::string_view content_type_of(std::string_view extension) noexcept {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".avif", "image/avif"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
  };
  for (const auto& [known, type] : kTypes)
    if (equal_ignoring_case(extension, known)) return type;
  return "application/octet-stream";
}

Handler static_files(std::filesystem::path root) {
  return [root = std::move(root)](const Request& request) { return answer(root, request); };
}

}  // namespace pitview::http
