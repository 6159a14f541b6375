#include "devices/broker_accounts.h"

#include "pitview/base/crypto.h"
#include "pitview/domain/licence.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::devices {

namespace dynsec {

struct RoleName {
  std::string rolename;
};
BOOST_DESCRIBE_STRUCT(RoleName, (), (rolename))

struct Rule {
  std::string acltype;
  std::string topic;
  bool allow = true;
};
BOOST_DESCRIBE_STRUCT(Rule, (), (acltype, topic, allow))

struct RoleCommand {  // createRole, modifyRole
  std::string command;
  std::string rolename;
  std::vector<Rule> acls;
};
BOOST_DESCRIBE_STRUCT(RoleCommand, (), (command, rolename, acls))

struct ClientCommand {  // createClient, modifyClient
  std::string command;
  std::string username;
  std::string password;
  std::string textname;
  std::vector<RoleName> roles;
};
BOOST_DESCRIBE_STRUCT(ClientCommand, (), (command, username, password, textname, roles))

struct NamedClient {  // getClient, deleteClient
  std::string command;
  std::string username;
};
BOOST_DESCRIBE_STRUCT(NamedClient, (), (command, username))

struct NamedRole {  // getRole, deleteRole
  std::string command;
  std::string rolename;
};
BOOST_DESCRIBE_STRUCT(NamedRole, (), (command, rolename))

struct List {
  std::string command;
  bool verbose = true;
  int count = 0;
  int offset = 0;
};
BOOST_DESCRIBE_STRUCT(List, (), (command, verbose, count, offset))

struct ClientFound {
  std::string username;
  std::optional<std::string> textname;
  std::optional<std::vector<RoleName>> roles;
};
BOOST_DESCRIBE_STRUCT(ClientFound, (), (username, textname, roles))

struct RoleFound {
  std::string rolename;
  std::optional<std::vector<Rule>> acls;
};
BOOST_DESCRIBE_STRUCT(RoleFound, (), (rolename, acls))

struct Found {
  std::optional<int> totalCount;  // NOLINT(readability-identifier-naming): the plugin's name
  std::optional<std::vector<ClientFound>> clients;
  std::optional<std::vector<RoleFound>> roles;
  std::optional<ClientFound> client;
  std::optional<RoleFound> role;
};
BOOST_DESCRIBE_STRUCT(Found, (), (totalCount, clients, roles, client, role))

struct Response {
  std::string command;
  std::optional<std::string> error;
  std::optional<std::string> correlationData;  // NOLINT(readability-identifier-naming)
  std::optional<Found> data;
};
BOOST_DESCRIBE_STRUCT(Response, (), (command, error, correlationData, data))

struct Responses {
  std::vector<Response> responses;
};
BOOST_DESCRIBE_STRUCT(Responses, (), (responses))

}  // namespace dynsec

namespace {

std::string role_command(const char* command, const Account& account) {
  dynsec::RoleCommand role{command, account.device_id, {}};
  for (const Acl& acl : acls_of(account)) role.acls.push_back({acl.acltype, acl.topic, true});
  return json::write(role);
}

std::string client_command(const char* command, const Account& account) {
  return json::write(dynsec::ClientCommand{
      command, account.device_id, account.password, fingerprint_of(account.password), {{account.device_id}}});
}

void add_commands(const Account& account, const BrokerAccounts& actual, std::vector<std::string>& commands) {
  const auto role = actual.roles.find(account.device_id);
  if (role == actual.roles.end()) {
    commands.push_back(role_command("createRole", account));
  } else if (role->second != acls_of(account)) {
    commands.push_back(role_command("modifyRole", account));
  }
  const auto client = actual.clients.find(account.device_id);
  if (client == actual.clients.end()) {
    commands.push_back(client_command("createClient", account));
  } else if (client->second.fingerprint != fingerprint_of(account.password) ||
             client->second.roles != std::set<std::string>{account.device_id}) {
    commands.push_back(client_command("modifyClient", account));
  }
}

// The client first: that is what ends its connection.
void add_removal(const std::string& device_id, const BrokerAccounts& actual, std::vector<std::string>& commands) {
  if (actual.clients.contains(device_id))
    commands.push_back(json::write(dynsec::NamedClient{"deleteClient", device_id}));
  if (actual.roles.contains(device_id)) commands.push_back(json::write(dynsec::NamedRole{"deleteRole", device_id}));
}

void take(const dynsec::ClientFound& found, BrokerAccounts& accounts) {
  BrokerAccounts::Client& client = accounts.clients[found.username];
  client.fingerprint = found.textname.value_or("");
  if (found.roles)
    for (const dynsec::RoleName& role : *found.roles) client.roles.insert(role.rolename);
}

void take(const dynsec::RoleFound& found, BrokerAccounts& accounts) {
  std::set<Acl>& acls = accounts.roles[found.rolename];
  if (!found.acls) return;
  // A rule that denies is none of ours: kept in a form that equals nothing of ours.
  for (const dynsec::Rule& rule : *found.acls)
    acls.insert({rule.allow ? rule.acltype : "deny " + rule.acltype, rule.topic});
}

// getClient and getRole answer so when there is none, which is an answer too.
bool says_absent(const dynsec::Response& response) {
  return response.command.starts_with("get") && response.error->ends_with("not found");
}

}  // namespace

std::set<Acl> acls_of(const Account& account) {
  const std::string workshop = "workshop/" + account.workshop_code;
  const std::string own = workshop + "/device/" + account.device_id;
  std::set<Acl> acls = {{"publishClientSend", own + "/status"}};
  if (account.pit_number) {
    const std::string pit = std::to_string(*account.pit_number);
    acls.insert({"publishClientSend", workshop + "/pit/" + pit + "/sensors"});
    acls.insert({"publishClientSend", workshop + "/pit" + pit + "/sensors"});
  }
  for (const char* topic : {"/command", "/config", "/ack"}) {
    acls.insert({"subscribeLiteral", own + topic});
    acls.insert({"publishClientReceive", own + topic});
  }
  return acls;
}

std::string fingerprint_of(std::string_view password) {
  constexpr std::size_t kShown = 16;
  return crypto::sha256_hex("pitview broker password " + std::string(password)).substr(0, kShown);
}

std::vector<std::string> commands_for(const std::vector<Account>& wanted, const BrokerAccounts& actual) {
  std::vector<std::string> commands;
  std::set<std::string> wanted_ids;
  for (const Account& account : wanted) wanted_ids.insert(account.device_id);
  std::set<std::string> superfluous;
  for (const auto& [name, client] : actual.clients)
    if (is_device_id(name) && !wanted_ids.contains(name)) superfluous.insert(name);
  for (const auto& [name, acls] : actual.roles)
    if (is_device_id(name) && !wanted_ids.contains(name)) superfluous.insert(name);
  for (const std::string& name : superfluous) add_removal(name, actual, commands);
  for (const Account& account : wanted) add_commands(account, actual, commands);
  return commands;
}

std::vector<std::string> commands_for(const std::string& device_id, const std::optional<Account>& wanted,
                                      const BrokerAccounts& actual) {
  std::vector<std::string> commands;
  if (wanted) {
    add_commands(*wanted, actual, commands);
  } else {
    add_removal(device_id, actual, commands);
  }
  return commands;
}

std::string list_clients(int offset, int count) {
  return json::write(dynsec::List{"listClients", true, count, offset});
}
std::string list_roles(int offset, int count) { return json::write(dynsec::List{"listRoles", true, count, offset}); }
std::string get_client(std::string_view username) {
  return json::write(dynsec::NamedClient{"getClient", std::string(username)});
}
std::string get_role(std::string_view rolename) {
  return json::write(dynsec::NamedRole{"getRole", std::string(rolename)});
}

std::string request_of(const std::vector<std::string>& commands, const std::string& correlation) {
  std::string request = R"({"commands":[)";
  for (const std::string& command : commands) {
    if (!request.ends_with('[')) request.push_back(',');
    request += R"({"correlationData":")" + correlation + "\"," + command.substr(1);
  }
  return request + "]}";
}

Result<Answer> read_answer(std::string_view payload, BrokerAccounts& accounts) {
  const Result<dynsec::Responses> read = json::read<dynsec::Responses>(payload);
  if (!read) return read.error();
  Answer answer;
  for (const dynsec::Response& response : read->responses) {
    answer.correlation = response.correlationData.value_or("");
    if (response.error && !says_absent(response)) answer.errors.push_back(response.command + ": " + *response.error);
    if (!response.data) continue;
    const dynsec::Found& found = *response.data;
    answer.total = found.totalCount.value_or(0);
    if (found.client) take(*found.client, accounts);
    if (found.role) take(*found.role, accounts);
    if (found.clients)
      for (const dynsec::ClientFound& client : *found.clients) take(client, accounts);
    if (found.roles)
      for (const dynsec::RoleFound& role : *found.roles) take(role, accounts);
  }
  return answer;
}

}  // namespace pitview::devices
