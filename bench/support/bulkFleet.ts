// Workshops with pits and devices, made in the database in bulk: through the API and the
// broker's accounts a device costs 50 ms, and benchmarks want thousands. All of them use
// the server's own account of the broker, which may publish to every workshop's topics.
import { say } from "./bench.ts";
import { brokerUsername, type Device, type Login, type Stack } from "./stack.ts";

export interface Fleet {
  devices: Device[];
  /** One of each workshop, in the order of the devices. */
  owners: Login[];
}

/**
 * The owners have the demo owner's password, hashed at the least cost there is: signing in
 * takes a thousandth of the usual time, and is not what these benchmarks measure.
 */
export async function makeFleet(
  stack: Stack,
  workshops: number,
  pitsOfEach: number,
  signal: AbortSignal,
): Promise<Fleet> {
  const { logins } = await stack.status();
  const password = logins.find(({ role }) => role === "owner")?.password;
  if (password === undefined) throw new Error("the demo has no owner");
  const rows = await stack.sql(
    `SET client_min_messages = warning;
     CREATE SCHEMA IF NOT EXISTS bench_tools;
     CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA bench_tools;
     WITH w AS (
       INSERT INTO workshops (code, name, subscription_status)
       SELECT 'workshop_' || 10000 + known + n, 'Bench ' || known + n, 'active'
       FROM generate_series(1, ${workshops}) n, (SELECT count(*) AS known FROM workshops) k
       RETURNING id, code),
     h AS MATERIALIZED (
       -- pgcrypto writes $2a$, which for these passwords is what the server knows as $2b$.
       SELECT '$2b' || substr(bench_tools.crypt('${password}', bench_tools.gen_salt('bf', 4)), 4) AS password_hash),
     u AS (
       INSERT INTO users (workshop_id, username, display_name, role, password_hash)
       SELECT w.id, 'bench_' || w.id, 'Owner', 'owner', h.password_hash FROM w, h),
     p AS (
       INSERT INTO pits (workshop_id, pit_number, name)
       SELECT w.id, n, 'Pit ' || n FROM w, generate_series(1, ${pitsOfEach}) n
       RETURNING id, workshop_id, pit_number),
     d AS (
       INSERT INTO devices (workshop_id, device_id, license_hash, state_licence, claimed_at)
       SELECT workshop_id, 'ESP32-BE' || lpad(upper(to_hex(id)), 10, '0'),
              sha256(convert_to('LIC-BENCH-' || id, 'UTF8')), 'enabled', now() FROM p
       RETURNING id, workshop_id, device_id),
     placed AS (
       SELECT w.code, p.id AS pit_id, p.pit_number, d.id AS device_key, d.device_id, d.workshop_id
       FROM p JOIN w ON w.id = p.workshop_id
       JOIN d ON d.device_id = 'ESP32-BE' || lpad(upper(to_hex(p.id)), 10, '0')),
     a AS (
       INSERT INTO device_assignments (workshop_id, device_key, pit_id, assigned_at)
       SELECT workshop_id, device_key, pit_id, now() - interval '2 days' FROM placed),
     s AS (
       INSERT INTO subscriptions (workshop_id, device_key, monthly_fee_paise, expires_at)
       SELECT workshop_id, device_key, 0, now() + interval '1 year' FROM placed)
     SELECT json_build_object(
       'devices', (SELECT json_agg(json_build_object(
          'device_id', device_id, 'license_key', 'LIC-BENCH-' || pit_id, 'workshop_code', code,
          'pit_number', pit_number, 'pit_id', pit_id) ORDER BY workshop_id, pit_number) FROM placed),
       'owners', (SELECT json_agg('bench_' || w.id ORDER BY w.id) FROM w))`,
  );
  const made = JSON.parse(rows) as { devices: Device[]; owners: string[] };
  // It reads its directory of devices at the start, and then every few seconds.
  await stack.restart("server", signal);
  say(`${made.devices.length} devices in ${workshops} workshops`);
  const account = { mqtt_username: brokerUsername, mqtt_password: stack.brokerPassword() };
  return {
    devices: made.devices.map((device) => ({ ...device, ...account })),
    owners: made.owners.map((username) => ({ role: "owner", username, password })),
  };
}
