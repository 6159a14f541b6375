// The permission matrix as it was reviewed (decision D22). A change of it in the server must be
// made here too, on purpose; access.test.ts tests every endpoint against the server's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { operations, permissions } from "../support/openapi.ts";

/** S super_admin, O owner, M manager, P operator, C customer. */
const reviewed: Record<string, string> = {
  anyone: "S O M P C",
  signed_in: "S O M P C",
  pits_read: "S O M P C",
  telemetry_read: "S O M P C",
  jobs_read: "S O M P C",
  jobs_create: "  O M    ",
  jobs_update_status: "  O M P  ",
  jobs_update_stage: "  O M P  ",
  jobs_update_time: "  O M    ",
  devices_read: "S O M    ",
  devices_claim: "  O M    ",
  devices_update: "S O M    ",
  devices_register: "S        ",
  releases_manage: "S        ",
  platform_health: "S        ",
  staff_read: "S O M    ",
  staff_manage: "  O M    ",
  audit_read: "S O      ",
  templates_read: "  O M P  ",
  templates_manage: "  O M    ",
  jobs_assign: "  O M    ",
  jobs_note: "  O M P  ",
  customer_self: "        C",
  customers_read: "  O M    ",
  pits_manage: "  O M    ",
  workshop_manage: "  O      ",
  workshops_manage: "S        ",
  licences_read: "S O      ",
  licences_manage: "S        ",
  alerts_read: "  O M P  ",
  alerts_handle: "  O M P  ",
  alert_rules_manage: "  O M    ",
  analytics_read: "  O M    ",
  recordings_manage: "  O M    ",
  device_self: "         ",
};

const letters = { super_admin: "S", owner: "O", manager: "M", operator: "P", customer: "C" };

test("the permission matrix is the one that was reviewed", () => {
  const written = Object.fromEntries(
    Object.entries(permissions).map(([permission, roles]) => [
      permission,
      Object.entries(letters)
        .map(([role, letter]) => (roles.includes(role) ? letter : " "))
        .join(" "),
    ]),
  );
  assert.deepEqual(written, reviewed);
});

test("every endpoint needs a permission of the matrix, and only signing in needs none", () => {
  for (const { name, permission } of operations) assert.ok(permission in reviewed, name);
  const open = operations.filter(({ permission }) => permission === "anyone");
  // A clip is for who has its link, a certificate for who has its paper; Twilio signs what it says.
  const links =
    /^POST \/api\/shared-clips$|^GET \/api\/certificates\/\{token\}$|^POST \/api\/certificates\/check$/;
  for (const { name } of open)
    if (!links.test(name))
      assert.match(name, /^POST \/api\/(?:auth\/|twilio\/(?:receipts|inbound)$)/);
});
