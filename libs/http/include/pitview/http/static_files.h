// Serves the built web files: the customer page at "/" and at "/t/{token}", the
// page of a shared clip at "/c/{token}", the
// console at "/app" and below and at "/claim", and what they load.
//
//   router.set_fallback(static_files("web/dist"));
//
// Files under /assets/ carry a hash in their name and are cached for a year,
// everything else is revalidated by ETag. "x.js.br" or "x.js.gz" beside "x.js"
// is sent to a browser that takes it. Nothing outside the folder is ever sent,
// whatever the path says and wherever a symbolic link points.
//
// Reads the files on the calling thread: for development and small installations;
// in production nginx serves the same folder.
#pragma once

#include <filesystem>
#include <string_view>

#include "pitview/http/router.h"

namespace pitview::http {

// A folder that is missing answers 404 until it is there (the web is not built yet).
Handler static_files(std::filesystem::path root);

// "text/html; charset=utf-8" for ".html"; application/octet-stream when unknown.
std::string_view content_type_of(std::string_view extension) noexcept;

}  // namespace pitview::http
