#include "pitview/http/static_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support.h"

namespace pitview::http {
namespace {

namespace fs = std::filesystem;

class StaticFiles : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pitview_static_XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    base_ = name;
    write("secret.txt", "secret");
    write("dist-other/x.txt", "secret");
    write("dist/index.html", "customer");
    write("dist/app.html", "console");
    write("dist/clip.html", "clip");
    write("dist/certificate.html", "certificate");
    write("dist/assets/app-1a2b.js", "js");
    write("dist/assets/app-1a2b.js.br", "js by brotli");
    write("dist/assets/app-1a2b.js.gz", "js by gzip");
    write("dist/logo.svg", "<svg/>");
    write("dist/.env", "secret");
    fs::create_symlink(base_ / "secret.txt", base_ / "dist/leak.txt");
    fs::create_directory_symlink(base_, base_ / "dist/up");
    fs::create_symlink("logo.svg", base_ / "dist/alias.svg");
  }
  void TearDown() override { fs::remove_all(base_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((base_ / name).parent_path());
    std::ofstream(base_ / name) << text;
  }

  Response get(const std::string& path, std::vector<Pair> headers = {}) {
    Request request;
    request.path = path;
    request.headers = std::move(headers);
    const Handler handler = static_files(base_ / "dist");
    return test::run(handler(request));
  }

  static std::string header(const Response& response, const std::string& name) {
    for (const Pair& pair : response.headers)
      if (pair.first == name) return pair.second;
    return {};
  }

  fs::path base_;
};

TEST_F(StaticFiles, AnswersThePagesByTheirAddresses) {
  for (const char* path : {"/", "/t/kq3-_x", "/t/x.js"}) EXPECT_EQ(get(path).body, "customer") << path;
  EXPECT_EQ(get("/c/kq3-_x").body, "clip");
  EXPECT_EQ(get("/v/kq3-_x").body, "certificate");
  for (const char* path : {"/app", "/app/", "/app/pits/3", "/claim"}) EXPECT_EQ(get(path).body, "console") << path;
  EXPECT_EQ(get("/").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header(get("/"), "Cache-Control"), "no-cache");
  for (const char* path : {"/nothing", "/app/x.js", "/t", "/t/", "/t/a/b", "/c/", "/c/a/b", "/tx/a", "/application",
                           "/claim/x", "/assets", "/assets/", "/assets/x.js"}) {
    EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_EQ(get(path).content_type, "application/problem+json");
  }
}

TEST_F(StaticFiles, CachesHashedFilesForAYear) {
  const Response script = get("/assets/app-1a2b.js");
  EXPECT_EQ(script.body, "js");
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(header(script, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(get("/logo.svg"), "Cache-Control"), "no-cache");
  EXPECT_EQ(get("/alias.svg").body, "<svg/>");
}

TEST_F(StaticFiles, SendsThePackedFileToWhoTakesIt) {
  const auto packed = [&](const char* accept) { return get("/assets/app-1a2b.js", {{"Accept-Encoding", accept}}); };
  EXPECT_EQ(packed("gzip, deflate, br").body, "js by brotli");
  EXPECT_EQ(header(packed("br"), "Content-Encoding"), "br");
  EXPECT_EQ(packed("GZIP").body, "js by gzip");
  EXPECT_EQ(packed("gzip").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(packed("br;q=0, gzip;q=0.5").body, "js by gzip");
  EXPECT_EQ(packed("identity").body, "js");
  EXPECT_EQ(header(packed("identity"), "Vary"), "Accept-Encoding");
  EXPECT_NE(header(packed("br"), "ETag"), header(packed("gzip"), "ETag"));
}

TEST_F(StaticFiles, SendsNothingTheBrowserHas) {
  const std::string etag = header(get("/logo.svg"), "ETag");
  ASSERT_FALSE(etag.empty());
  for (const std::string& value : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    const Response response = get("/logo.svg", {{"If-None-Match", value}});
    EXPECT_EQ(response.status, 304) << value;
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(header(response, "ETag"), etag);
  }
  EXPECT_EQ(get("/logo.svg", {{"If-None-Match", "\"x\""}}).status, 200);
  write("dist/logo.svg", "<svg>new</svg>");
  EXPECT_EQ(get("/logo.svg", {{"If-None-Match", etag}}).status, 200);
}

TEST_F(StaticFiles, NeverLeavesItsFolder) {
  for (const char* path : {"/../secret.txt",
                           "/%2e%2e/secret.txt",
                           "/..%2fsecret.txt",
                           "/%2e%2e%2fsecret.txt",
                           "/assets/../../secret.txt",
                           "/assets/%2e%2e/%2e%2e/secret.txt",
                           "/..%5csecret.txt",
                           "/..\\secret.txt",
                           "/%252e%252e/secret.txt",
                           "//etc/passwd",
                           "/%2fetc/passwd",
                           "/leak.txt",
                           "/up/secret.txt",
                           "/up/dist-other/x.txt",
                           "/../dist-other/x.txt",
                           "/.env",
                           "/%2eenv",
                           "/./logo.svg",
                           "/logo.svg%00.html",
                           "/logo.svg/",
                           "/app/..%2f..%2fsecret.txt",
                           "/app/../../secret.txt",
                           "/%",
                           "/assets//app-1a2b.js",
                           "",
                           "logo.svg"}) {
    const Response response = get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.body.find("secret\""), std::string::npos) << path;
  }
}

TEST_F(StaticFiles, AMissingFolderIsNotFound) {
  Request request;
  request.path = "/";
  const Handler handler = static_files(base_ / "not-built");
  EXPECT_EQ(test::run(handler(request)).status, 404);
}

}  // namespace
}  // namespace pitview::http
