#include "staff/staff_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::staff {

// The roles that staff can be given.
struct GivenRole {
  Role value = Role::operator_;
};

// "" takes the old value away.
template <class T>
struct OrNone {
  std::optional<std::string> value;
};

}  // namespace pitview::staff

namespace pitview::json {

template <>
struct ValueTraits<staff::GivenRole> {
  using Wire = std::string;
  static std::optional<std::string> read(const std::string& wire, staff::GivenRole& out) {
    const auto role = role_from(wire);
    if (role != Role::manager && role != Role::operator_) return "must be one of manager, operator";
    out.value = *role;
    return std::nullopt;
  }
  static std::string write(staff::GivenRole role) { return std::string(name_of(role.value)); }
  static Schema schema() { return {{}, "string", R"("enum":["manager","operator"])", false}; }
};

template <class T>
struct ValueTraits<staff::OrNone<T>> {
  using Wire = std::string;
  static std::optional<std::string> read(std::string wire, staff::OrNone<T>& out) {
    if (wire.empty()) return std::nullopt;
    T read_value;
    std::optional<std::string> fault = ValueTraits<T>::read(std::move(wire), read_value);
    if (!fault) out.value = std::move(read_value.value);
    return fault;
  }
  static std::string write(const staff::OrNone<T>& text) { return text.value.value_or(""); }
  static Schema schema() { return {{}, "string", R"("maxLength":254)", false}; }
};

}  // namespace pitview::json

namespace pitview::staff {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct StaffPath {
  UserId id;
};
BOOST_DESCRIBE_STRUCT(StaffPath, (), (id))

struct WorkshopQuery {
  std::optional<WorkshopId> workshop_id;
};
BOOST_DESCRIBE_STRUCT(WorkshopQuery, (), (workshop_id))

struct StaffQuery {
  std::optional<WorkshopId> workshop_id;
  std::optional<UserId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(StaffQuery, (), (workshop_id, cursor, limit))

struct ActivityQuery {
  std::optional<WorkshopId> workshop_id;
  std::optional<audit::EntryId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(ActivityQuery, (), (workshop_id, cursor, limit))

struct StaffCreate {
  json::Text<3, 30> username;
  json::Text<1, 120> display_name;
  std::optional<json::Email> email;
  std::optional<json::Phone> phone;
  GivenRole role;
  std::optional<std::vector<PitId>> pit_ids;
};
BOOST_DESCRIBE_STRUCT(StaffCreate, (), (username, display_name, email, phone, role, pit_ids))

struct StaffPatch {
  std::optional<json::Text<1, 120>> display_name;
  std::optional<OrNone<json::Email>> email;
  std::optional<OrNone<json::Phone>> phone;
  std::optional<GivenRole> role;
  std::optional<bool> disabled;
};
BOOST_DESCRIBE_STRUCT(StaffPatch, (), (display_name, email, phone, role, disabled))

struct StaffPits {
  std::vector<PitId> pit_ids;
};
BOOST_DESCRIBE_STRUCT(StaffPits, (), (pit_ids))

struct StaffCreated {
  Staff staff;
  std::string temporary_password;
  Timestamp password_expires_at;
};
BOOST_DESCRIBE_STRUCT(StaffCreated, (), (staff, temporary_password, password_expires_at))

struct PasswordReset {
  std::string temporary_password;
  Timestamp password_expires_at;
};
BOOST_DESCRIBE_STRUCT(PasswordReset, (), (temporary_password, password_expires_at))

namespace {

// More than any workshop has.
constexpr std::size_t kMaxPits = 1000;

Result<std::vector<PitId>> checked(std::vector<PitId> pits) {
  if (pits.size() > kMaxPits) return api::invalid("pit_ids", "must have at most 1000 elements");
  return pits;
}

template <class Wrapped>
std::optional<std::string> text_of(const std::optional<Wrapped>& value) {
  if (!value) return std::nullopt;
  return value->value;
}

StaffChange change_of(StaffPatch body) {
  StaffChange change{.display_name = text_of(body.display_name), .disabled = body.disabled};
  if (body.email) change.email = std::move(body.email->value);
  if (body.phone) change.phone = std::move(body.phone->value);
  if (body.role) change.role = body.role->value;
  return change;
}

void keep_out_of_caches(Caller& caller) { caller.headers.emplace_back("Cache-Control", "no-store"); }

class StaffEndpoints {
 public:
  explicit StaffEndpoints(StaffService& service) : service_(service) {}

  Awaitable<Result<std::vector<Staff>>> list(Caller& caller, StaffQuery query) {
    const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    const int limit = api::limit_of(query.limit);
    std::vector<Staff> staff = co_await service_.list(*workshop, query.cursor, limit);
    if (static_cast<int>(staff.size()) == limit) api::add_next_link(caller, staff.back().id.value);
    co_return staff;
  }

  Awaitable<Result<Staff>> find(Caller& caller, UserId user, WorkshopQuery query) {
    const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    co_return co_await service_.find(*workshop, user);
  }

  Awaitable<Result<StaffCreated>> create(Caller& caller, StaffCreate body) {
    Result<std::vector<PitId>> pits = checked(std::move(body.pit_ids).value_or(std::vector<PitId>{}));
    if (!pits) co_return std::move(pits).error();
    NewStaff staff{.username = std::move(body.username.value),
                   .display_name = std::move(body.display_name.value),
                   .email = text_of(body.email),
                   .phone = text_of(body.phone),
                   .role = body.role.value,
                   .pits = std::move(*pits)};
    Result<CreatedStaff> created = co_await service_.create(audit::actor_of(caller), std::move(staff));
    if (!created) co_return std::move(created).error();
    keep_out_of_caches(caller);
    co_return StaffCreated{std::move(created->staff), std::move(created->temporary.password),
                           created->temporary.expires_at};
  }

  Awaitable<Result<Staff>> change(Caller& caller, UserId user, StaffPatch body) {
    return service_.change(audit::actor_of(caller), user, change_of(std::move(body)));
  }

  Awaitable<Result<Staff>> set_pits(Caller& caller, UserId user, StaffPits body) {
    Result<std::vector<PitId>> pits = checked(std::move(body.pit_ids));
    if (!pits) co_return std::move(pits).error();
    co_return co_await service_.set_pits(audit::actor_of(caller), user, std::move(*pits));
  }

  Awaitable<Result<PasswordReset>> reset_password(Caller& caller, UserId user) {
    Result<TemporaryPassword> reset = co_await service_.reset_password(audit::actor_of(caller), user);
    if (!reset) co_return std::move(reset).error();
    keep_out_of_caches(caller);
    co_return PasswordReset{std::move(reset->password), reset->expires_at};
  }

  Awaitable<Result<Nothing>> remove_second_factor(Caller& caller, UserId user) {
    const Result<> removed = co_await service_.remove_second_factor(audit::actor_of(caller), user);
    if (!removed) co_return removed.error();
    co_return Nothing{};
  }

  Awaitable<Result<std::vector<audit::AuditEntry>>> activity(Caller& caller, UserId user, ActivityQuery query) {
    const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    const StaffService::ActivityPage page{
        .workshop = *workshop, .before = query.cursor, .limit = api::limit_of(query.limit)};
    auto entries = co_await service_.activity(caller.principal, user, page);
    if (entries && static_cast<int>(entries->size()) == page.limit)
      api::add_next_link(caller, entries->back().id.value);
    co_return entries;
  }

 private:
  StaffService& service_;
};

void add_account_rows(api::Api& api, const std::shared_ptr<StaffEndpoints>& staff) {
  api.add<Nothing, StaffQuery, Nothing, std::vector<Staff>>(
      {.method = Method::get,
       .path = "/api/staff",
       .needs = Needs(Permission::staff_read),
       .id = "list_staff",
       .summary = "Owner, managers and operators of the workshop",
       .tag = "staff",
       .description = "The next page is in the Link header."},
      [staff](Caller& caller, auto input) { return staff->list(caller, std::move(input.query)); });

  api.add<Nothing, Nothing, StaffCreate, StaffCreated>(
      {.method = Method::post,
       .path = "/api/staff",
       .needs = Needs(Permission::staff_manage),
       .id = "create_staff",
       .summary = "Give somebody an account",
       .tag = "staff",
       .description = "Owners make managers and operators, managers make operators. The temporary password is shown "
                      "this once, good for 72 hours, and must be changed at the first sign-in.",
       .status = 201,
       .problems = {Errc::conflict, Errc::unavailable}},
      [staff](Caller& caller, auto input) { return staff->create(caller, std::move(input.body)); });

  api.add<StaffPath, WorkshopQuery, Nothing, Staff>(
      {.method = Method::get,
       .path = "/api/staff/{id}",
       .needs = Needs(Permission::staff_read),
       .id = "get_staff",
       .summary = "One member of staff",
       .tag = "staff",
       .problems = {Errc::not_found}},
      [staff](Caller& caller, auto input) { return staff->find(caller, input.path.id, input.query); });

  api.add<StaffPath, Nothing, StaffPatch, Staff>(
      {.method = Method::patch,
       .path = "/api/staff/{id}",
       .needs = Needs(Permission::staff_manage),
       .id = "change_staff",
       .summary = "Change, disable or enable an account",
       .tag = "staff",
       .description = "An empty e-mail address or phone number takes the old one away. Another role, or disabling, "
                      "ends all sessions of the account at once; another role begins without permitted pits.",
       .problems = {Errc::not_found}},
      [staff](Caller& caller, auto input) { return staff->change(caller, input.path.id, std::move(input.body)); });
}

void add_right_rows(api::Api& api, const std::shared_ptr<StaffEndpoints>& staff) {
  api.add<StaffPath, Nothing, StaffPits, Staff>(
      {.method = Method::put,
       .path = "/api/staff/{id}/pits",
       .needs = Needs(Permission::staff_manage),
       .id = "set_staff_pits",
       .summary = "The pits an operator may see",
       .tag = "staff",
       .description = "Exactly these, at once, in live connections that are open too.",
       .problems = {Errc::not_found, Errc::conflict}},
      [staff](Caller& caller, auto input) { return staff->set_pits(caller, input.path.id, std::move(input.body)); });

  api.add<StaffPath, Nothing, Nothing, PasswordReset>(
      {.method = Method::post,
       .path = "/api/staff/{id}/password-reset",
       .needs = Needs(Permission::staff_manage),
       .id = "reset_staff_password",
       .summary = "A temporary password, and the end of all sessions",
       .tag = "staff",
       .description = "Shown this once, good for 72 hours, to be changed at the first sign-in.",
       .problems = {Errc::not_found, Errc::unavailable}},
      [staff](Caller& caller, auto input) { return staff->reset_password(caller, input.path.id); });

  api.add<StaffPath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/staff/{id}/second-factor",
       .needs = Needs(Permission::staff_manage),
       .id = "remove_staff_second_factor",
       .summary = "Switch off the second factor of who has lost it",
       .tag = "staff",
       .status = 204,
       .problems = {Errc::not_found}},
      [staff](Caller& caller, auto input) { return staff->remove_second_factor(caller, input.path.id); });

  api.add<StaffPath, ActivityQuery, Nothing, std::vector<audit::AuditEntry>>(
      {.method = Method::get,
       .path = "/api/staff/{id}/activity",
       .needs = Needs(Permission::staff_read),
       .id = "list_staff_activity",
       .summary = "What a member of staff did, the newest first",
       .tag = "staff",
       .description = "Of those one looks after, and one's own. The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [staff](Caller& caller, auto input) { return staff->activity(caller, input.path.id, input.query); });
}

}  // namespace

void add_staff_endpoints(api::Api& api, StaffService& service) {
  const auto staff = std::make_shared<StaffEndpoints>(service);
  add_account_rows(api, staff);
  add_right_rows(api, staff);
}

}  // namespace pitview::staff
