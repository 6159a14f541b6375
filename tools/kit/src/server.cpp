#include "server.h"

#include <optional>

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::kit {

struct SignIn {
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (username, password))

struct SignedIn {
  std::string access_token;
  bool must_change_password = false;
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (access_token, must_change_password))

struct ProblemField {
  std::string field;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(ProblemField, (), (field, message))

struct Problem {
  std::string code;
  std::string detail;
  std::optional<std::vector<ProblemField>> errors;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (code, detail, errors))

std::string refusal_of(const HttpAnswer& answer) {
  const auto problem = json::read<Problem>(answer.body);
  if (!problem) return "HTTP " + std::to_string(answer.status);
  std::string line = problem->detail;
  for (const auto& [field, message] : problem->errors.value_or(std::vector<ProblemField>()))
    line.append("; ").append(field).append(": ").append(message);
  return plain_line(line) + " (" + plain_line(problem->code) + ")";
}

void Server::sign_in(const std::string& user, const std::string& password) {
  const HttpAnswer answer =
      http_.post_json("/api/auth/login", json::write(SignIn{.username = user, .password = password}), {});
  if (answer.status != 200) throw KitError("the server did not let " + user + " in: " + refusal_of(answer));
  const auto signed_in = json::read<SignedIn>(answer.body);
  if (!signed_in) throw KitError("the server's answer to the sign-in makes no sense: is --server a PitView server?");
  if (signed_in->must_change_password)
    throw KitError(user + " must choose a new password first: sign in with a browser");
  token_ = signed_in->access_token;
}

std::string Server::issue(const BatchRequest& request) try {
  HttpAnswer answer = http_.post_json("/api/factory/batches", json::write(request), token_);
  if (answer.status != 201) throw KitError("the server did not issue the batch: " + refusal_of(answer));
  return std::move(answer.body);
} catch (const HttpFailure& failure) {
  if (!failure.may_have_arrived()) throw;
  throw KitError(std::string(failure.what()) + "; the batch \"" + request.name +
                 "\" may have been issued all the same: look at the server before trying again");
}

}  // namespace pitview::kit
