// The accounts of devices at the broker, as commands of Mosquitto's
// dynamic-security plugin (https://mosquitto.org/documentation/dynamic-security/).
// Every device has a client and a role of its own, both named by its id; the role
// holds exactly its topics (contracts/mqtt). Pure functions.
#pragma once

#include <boost/describe/class.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::devices {

struct Account {
  std::string device_id;
  std::string password;
  std::string workshop_code;
  std::optional<int> pit_number;  // none: it may not send readings
};

struct Acl {
  std::string acltype;
  std::string topic;
  friend auto operator<=>(const Acl&, const Acl&) = default;
};

std::set<Acl> acls_of(const Account& account);

// Of a password, for the broker's list, which does not show passwords: whether it
// has another one than we.
std::string fingerprint_of(std::string_view password);

// What the broker has.
struct BrokerAccounts {
  struct Client {
    std::string fingerprint;
    std::set<std::string> roles;
  };
  std::map<std::string, Client> clients;       // by user name
  std::map<std::string, std::set<Acl>> roles;  // by role name
};

// The commands that make `actual` into `wanted`: nothing for what is right.
// Accounts that are not of devices are left alone.
std::vector<std::string> commands_for(const std::vector<Account>& wanted, const BrokerAccounts& actual);
// As commands_for(), for this one device of perhaps many; no account: it shall have none.
std::vector<std::string> commands_for(const std::string& device_id, const std::optional<Account>& wanted,
                                      const BrokerAccounts& actual);

// Questions. The lists come in pages.
std::string list_clients(int offset, int count);
std::string list_roles(int offset, int count);
std::string get_client(std::string_view username);
std::string get_role(std::string_view rolename);

// {"commands":[…]}, every command with `correlation`, to tell its answer.
std::string request_of(const std::vector<std::string>& commands, const std::string& correlation);

struct Answer {
  std::string correlation;
  std::vector<std::string> errors;  // "createClient: Client already exists", without those for what is not there
  int total = 0;                    // of a list
};

// Adds what the answer says of clients and roles to `accounts`.
Result<Answer> read_answer(std::string_view payload, BrokerAccounts& accounts);

}  // namespace pitview::devices
