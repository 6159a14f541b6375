#include "staff/staff_service.h"

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "auth/account_rules.h"
#include "auth/password.h"
#include "auth/sessions_repository.h"
#include "pitview/json/write.h"
#include "staff/staff_rules.h"

namespace pitview::staff {

// What the audit log keeps; not how to reach people, which it could never forget.
struct AuditedStaff {
  std::string display_name;
  std::string role;
  bool disabled = false;
  std::vector<PitId> pit_ids;
  bool contact_changed = false;
};
BOOST_DESCRIBE_STRUCT(AuditedStaff, (), (display_name, role, disabled, pit_ids, contact_changed))

namespace {

using api::invalid;

constexpr std::chrono::hours kTemporaryPasswordLife{72};  // decision D32

Error no_such_staff() { return {Errc::not_found, "There is no such member of staff.", {}, 0}; }

std::string audited(const Staff& staff, bool contact_changed = false) {
  return json::write(AuditedStaff{staff.display_name, staff.role, staff.disabled, staff.pit_ids, contact_changed});
}

bool has_other_contact(const Staff& a, const Staff& b) { return a.email != b.email || a.phone != b.phone; }

Staff applied(Staff staff, const StaffChange& change) {
  if (change.display_name) staff.display_name = *change.display_name;
  if (change.email) staff.email = *change.email;
  if (change.phone) staff.phone = *change.phone;
  if (change.disabled) staff.disabled = *change.disabled;
  if (change.role && *change.role != role_of(staff)) {
    staff.role = std::string(name_of(*change.role));
    staff.pit_ids.clear();
  }
  return staff;
}

// Why the sessions of the account must end; empty: they need not.
std::string_view reason_to_end(const Staff& before, const Staff& after) {
  if (after.disabled && !before.disabled) return "account_disabled";
  return after.role == before.role ? "" : "role_changed";
}

Error no_such_pit(std::size_t index) {
  return invalid("pit_ids[" + std::to_string(index) + "]", "is no pit of this workshop");
}

}  // namespace

Awaitable<std::vector<Staff>> StaffService::list(WorkshopId workshop, std::optional<UserId> after, int limit) {
  return parts_.staff.list(workshop, after, limit);
}

Awaitable<Result<Staff>> StaffService::find(WorkshopId workshop, UserId user) {
  auto found = co_await parts_.staff.find(workshop, user);
  if (!found) co_return no_such_staff();
  co_return std::move(*found);
}

Awaitable<Result<CreatedStaff>> StaffService::create(audit::Actor actor, NewStaff staff) {
  const WorkshopId workshop = actor.principal.workshop;
  if (!auth::manages(actor.principal.role, staff.role))
    co_return Error{Errc::forbidden, "You cannot give that role.", {}, 0};
  if (auto fault = username_fault(staff.username)) co_return invalid("username", std::move(*fault));
  if (staff.role != Role::operator_ && !staff.pits.empty()) co_return invalid("pit_ids", "is for operators only");
  Result<NewPassword> password = co_await make_password();
  if (!password) co_return std::move(password).error();

  const Timestamp now = parts_.clock.now();
  auto tx = co_await parts_.staff.begin(workshop);
  if (co_await StaffRepository::count(tx) >= kMaxStaff)
    co_return Error{Errc::conflict, "The workshop has as many accounts as it can have. Disable one first.", {}, 0};
  if (const auto unknown = co_await StaffRepository::first_unknown(tx, staff.pits)) co_return no_such_pit(*unknown);
  const auto id = co_await parts_.staff.insert(tx, workshop, staff, password->stored, now);
  if (!id) co_return invalid("username", "is taken; choose another");
  co_await StaffRepository::set_pits(tx, workshop, *id, staff.pits);
  auto created = co_await parts_.staff.lock(tx, *id);
  audit::Entry entry{.action = "staff.create", .subject = "user", .subject_id = id->value, .after = audited(*created)};
  co_await audit::record(tx, workshop, std::move(actor), std::move(entry));
  co_await tx.commit();
  co_return CreatedStaff{std::move(*created), std::move(password->shown)};
}

Awaitable<Result<Staff>> StaffService::change(audit::Actor actor, UserId user, StaffChange change) {
  const WorkshopId workshop = actor.principal.workshop;
  const Timestamp now = parts_.clock.now();
  auto tx = co_await parts_.staff.begin(workshop);
  const auto before = co_await parts_.staff.lock(tx, user);
  if (!before) co_return no_such_staff();
  if (Result<> allowed = check_change(actor.principal, *before, change); !allowed) co_return allowed.error();

  Staff after = applied(*before, change);
  const bool contact_changed = has_other_contact(*before, after);
  if (audited(after) == audited(*before) && !contact_changed) co_return after;
  co_await parts_.staff.save(tx, after, now);
  if (after.role != before->role) co_await StaffRepository::set_pits(tx, workshop, user, {});
  const std::string_view reason = reason_to_end(*before, after);
  std::vector<SessionId> ended;
  if (!reason.empty())
    ended = co_await auth::SessionsRepository::end_all_of(tx, user, std::nullopt, std::string(reason), now);
  audit::Entry entry{.action = "staff.update",
                     .subject = "user",
                     .subject_id = user.value,
                     .before = audited(*before),
                     .after = audited(after, contact_changed)};
  co_await audit::record(tx, workshop, std::move(actor), std::move(entry));
  co_await tx.commit();

  parts_.endings.announce(workshop, ended, reason);
  co_return after;
}

Awaitable<Result<Staff>> StaffService::set_pits(audit::Actor actor, UserId user, std::vector<PitId> pits) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.staff.begin(workshop);
  const auto before = co_await parts_.staff.lock(tx, user);
  if (!before) co_return no_such_staff();
  if (Result<> allowed = check_manages(actor.principal, *before); !allowed) co_return allowed.error();
  if (role_of(*before) != Role::operator_)
    co_return Error{Errc::conflict, "Only operators have permitted pits; others see every one.", {}, 0};
  if (const auto unknown = co_await StaffRepository::first_unknown(tx, pits)) co_return no_such_pit(*unknown);

  co_await StaffRepository::set_pits(tx, workshop, user, std::move(pits));
  auto after = co_await parts_.staff.lock(tx, user);
  if (after->pit_ids == before->pit_ids) co_return std::move(*after);
  audit::Entry entry{.action = "staff.pits",
                     .subject = "user",
                     .subject_id = user.value,
                     .before = audited(*before),
                     .after = audited(*after)};
  co_await audit::record(tx, workshop, std::move(actor), std::move(entry));
  co_await tx.commit();

  parts_.hub.publish({"rights_changed", workshop, {}, {}, {}, "{}"});
  co_return std::move(*after);
}

Awaitable<Result<TemporaryPassword>> StaffService::reset_password(audit::Actor actor, UserId user) {
  const WorkshopId workshop = actor.principal.workshop;
  const auto target = co_await parts_.staff.find(workshop, user);
  if (!target) co_return no_such_staff();
  if (Result<> allowed = check_manages(actor.principal, *target); !allowed) co_return allowed.error();
  // Before the transaction, so that no connection is held while it computes.
  Result<NewPassword> password = co_await make_password();
  if (!password) co_return std::move(password).error();

  auto tx = co_await parts_.staff.begin(workshop);
  const auto locked = co_await parts_.staff.lock(tx, user);
  if (!locked) co_return no_such_staff();
  if (Result<> allowed = check_manages(actor.principal, *locked); !allowed) co_return allowed.error();
  co_await StaffRepository::set_password(tx, user, password->stored);
  constexpr std::string_view kReason = "password_reset";
  const auto ended =
      co_await auth::SessionsRepository::end_all_of(tx, user, std::nullopt, std::string(kReason), parts_.clock.now());
  co_await audit::record(tx, workshop, std::move(actor),
                         {.action = "staff.password_reset", .subject = "user", .subject_id = user.value});
  co_await tx.commit();

  parts_.endings.announce(workshop, ended, kReason);
  co_return std::move(password->shown);
}

Awaitable<Result<>> StaffService::remove_second_factor(audit::Actor actor, UserId user) {
  const auto target = co_await parts_.staff.find(actor.principal.workshop, user);
  if (!target) co_return no_such_staff();
  if (Result<> allowed = check_manages(actor.principal, *target); !allowed) co_return allowed.error();
  if (!co_await parts_.second_factors.remove(std::move(actor), user))
    co_return Error{Errc::not_found, "There is no second factor.", {}, 0};
  co_return Done{};
}

Awaitable<Result<std::vector<audit::AuditEntry>>> StaffService::activity(Principal principal, UserId user,
                                                                         ActivityPage page) {
  const auto target = co_await parts_.staff.find(page.workshop, user);
  if (!target) co_return no_such_staff();
  if (!auth::may_look_into(principal, user, role_of(*target)))
    co_return Error{Errc::forbidden, "You do not look after that account.", {}, 0};
  co_return co_await parts_.audit.list(page.workshop, {.actor = user, .before = page.before, .limit = page.limit});
}

Awaitable<Result<StaffService::NewPassword>> StaffService::make_password() {
  const std::string password = auth::make_temporary_password();
  const auto hash = co_await parts_.cpu.run<std::string>([password] { return auth::hash_password(password); });
  if (!hash) co_return Error{Errc::unavailable, "Too much is being signed up at once. Try again in a moment.", {}, 2};
  const Timestamp expires_at = parts_.clock.now() + kTemporaryPasswordLife;
  co_return NewPassword{{password, expires_at}, {*hash, expires_at}};
}

}  // namespace pitview::staff
