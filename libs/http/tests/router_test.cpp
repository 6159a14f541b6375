#include "pitview/http/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "support.h"

namespace pitview::http {
namespace {

using Outcome = Router::Match::Outcome;

Router sample() {
  Router router;
  for (const char* path : {"/", "/api/jobs", "/api/jobs/{id}", "/api/jobs/open", "/api/{kind}/{id}/status"})
    router.add(Method::get, path, test::constant(path));
  router.add(Method::post, "/api/jobs", test::constant("new"));
  router.add(Method::del, "/api/jobs/{job}", test::constant("gone"));
  return router;
}

std::string pattern_of(const Router& router, Method method, std::string_view path) {
  const Router::Match match = router.find(method, path);
  return match.route ? match.route->pattern : "";
}

TEST(Router, ALiteralWinsOverAParameter) {
  const Router router = sample();
  EXPECT_EQ(pattern_of(router, Method::get, "/"), "/");
  EXPECT_EQ(pattern_of(router, Method::get, "/api/jobs"), "/api/jobs");
  EXPECT_EQ(pattern_of(router, Method::get, "/api/jobs/open"), "/api/jobs/open");
  EXPECT_EQ(pattern_of(router, Method::get, "/api/jobs/7"), "/api/jobs/{id}");
  EXPECT_EQ(pattern_of(router, Method::get, "/api/jobs/open/status"), "/api/{kind}/{id}/status");
}

TEST(Router, GivesParametersTheirNamesAndDecodesThem) {
  const Router router = sample();
  const Router::Match match = router.find(Method::get, "/api/a%20b/c%2Fd/status");
  EXPECT_EQ(match.params, (std::vector<Pair>{{"kind", "a b"}, {"id", "c/d"}}));
  EXPECT_EQ(router.find(Method::del, "/api/jobs/7").params, (std::vector<Pair>{{"job", "7"}}));
}

TEST(Router, TellsAnUnknownPathFromAnUnknownMethod) {
  const Router router = sample();
  for (const char* path : {"/api", "/api/", "/api/jobs/", "/api/jobs/7/", "//", "/api/jobs/7/x", "/API/jobs"})
    EXPECT_EQ(router.find(Method::get, path).outcome, Outcome::not_found) << path;
  const Router::Match match = router.find(Method::patch, "/api/jobs");
  EXPECT_EQ(match.outcome, Outcome::method_not_allowed);
  EXPECT_EQ(match.allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(router.find(Method::other, "/api/jobs").outcome, Outcome::method_not_allowed);
  EXPECT_EQ(pattern_of(router, Method::head, "/api/jobs"), "/api/jobs");
}

TEST(Router, RefusesBrokenEscapesAndNul) {
  const Router router = sample();
  for (const char* path : {"/api/jobs/%", "/api/jobs/%4", "/api/jobs/%zz", "/api/jobs/%00", "api/jobs", "*", ""})
    EXPECT_EQ(router.find(Method::get, path).outcome, Outcome::malformed_path) << path;
}

TEST(Router, TheFallbackTakesWhatNoRouteKnows) {
  Router router = sample();
  router.set_fallback(test::constant("file"));
  EXPECT_EQ(router.find(Method::get, "/x.js").outcome, Outcome::found);
  EXPECT_EQ(router.find(Method::head, "/x.js").outcome, Outcome::found);
  EXPECT_EQ(router.find(Method::post, "/x.js").outcome, Outcome::not_found);
  EXPECT_EQ(router.find(Method::patch, "/api/jobs").outcome, Outcome::method_not_allowed);
}

TEST(Router, AMistakeInTheTableIsNoticedAtStart) {
  Router router = sample();
  for (const char* pattern : {"/api/jobs", "/api/jobs/{other}", "api", "", "/a/{}", "/a/{b", "/a/x{b}", "/a?b"})
    EXPECT_THROW(router.add(Method::get, pattern, test::constant("")), std::logic_error) << pattern;
}

}  // namespace
}  // namespace pitview::http
