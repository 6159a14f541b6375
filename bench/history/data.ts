// Months of readings of many pits, as the database has them: packed days, the last ones open, and
// the rollups beside. One day of one pit is stored, packed and rolled up by the product itself; the
// others are copies of it, because packing takes 10 µs a reading and there are 233 million.

import { say } from "../support/bench.ts";
import { makeFleet } from "../support/bulkFleet.ts";
import { signIn } from "../support/sessions.ts";
import type { Stack } from "../support/stack.ts";

export interface Pit {
  id: number;
  workshop: string;
  /** Sessions of its owner, shared with the other pits of the workshop. */
  tokens: string[];
}

const pitsOfEach = 100;
const sessionsOfEach = 20;
const openDays = 3; // today, yesterday and the day before: what is never packed
const templateDay = 5; // days ago

export async function makeMonths(
  stack: Stack,
  pits: number,
  days: number,
  signal: AbortSignal,
): Promise<Pit[]> {
  const workshops = Math.ceil(pits / pitsOfEach);
  const each = Math.ceil(pits / workshops);
  // Of what is written here nothing need survive; checkpoints in between only cost time.
  await stack.sql(
    "ALTER SYSTEM SET max_wal_size = '16GB'; ALTER SYSTEM SET synchronous_commit = off",
  );
  await stack.restart("postgres", signal);
  const { devices, owners } = await makeFleet(stack, workshops, each, signal);
  await makeTemplate(stack, devices[0]?.pit_id ?? 0);
  say("packed days");
  await copyDays(stack, openDays, days);
  say("open days");
  await copyOpenDays(stack);
  await stack.sql(
    "VACUUM (ANALYZE) sensor_hours, sensor_rollups; VACUUM (ANALYZE) sensor_data; CHECKPOINT",
    signal,
  );
  const tokens = await signIn(
    stack,
    owners.flatMap((owner) => Array.from({ length: sessionsOfEach }, () => owner)),
  );
  return devices.map((device, i) => {
    const workshop = Math.floor(i / each);
    return {
      id: device.pit_id,
      workshop: owners[workshop]?.username.replace("bench_", "") ?? "",
      tokens: tokens.slice(workshop * sessionsOfEach, (workshop + 1) * sessionsOfEach),
    };
  });
}

/** A reading every 10 s with noise at the sensor's resolution, as in scale/disk.ts. */
async function makeTemplate(stack: Stack, pit: number): Promise<void> {
  await stack.sql(
    `CREATE VIEW bench_tools.placed AS
       SELECT a.* FROM device_assignments a JOIN devices d ON d.id = a.device_key WHERE d.device_id LIKE 'ESP32-BE%';
     UPDATE device_assignments SET assigned_at = now() - interval '1 year';
     SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - ${templateDay});
     WITH stored AS (
       INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq,
                                temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy)
       SELECT workshop_id, pit_id, device_key, at, at + (0.005 + 0.05 * random()) * interval '1 second', 3, n,
              round((24 + sum(noise1) OVER w / 50)::numeric, 2), round((50 + sum(noise2) OVER w / 20)::numeric, 2),
              round((1010 + sum(noise3) OVER w / 50)::numeric, 2), round((140000 + 300 * sum(noise4) OVER w)::numeric, 0),
              greatest(0, least(500, round(60 + sum(noise4) OVER w / 3))), 3
       FROM (
         SELECT a.workshop_id, a.pit_id, a.device_key, n,
                date_trunc('day', now(), 'UTC') - interval '${templateDay} days' + n * interval '10 seconds' AS at,
                random() - 0.5 AS noise1, random() - 0.5 AS noise2, random() - 0.5 AS noise3, random() - 0.5 AS noise4
         FROM bench_tools.placed a, generate_series(0, 8639) n WHERE a.pit_id = ${pit}) one
       WINDOW w AS (ORDER BY n) RETURNING workshop_id, pit_id, measured_at)
     INSERT INTO rollups_due
     SELECT DISTINCT workshop_id, pit_id, date_bin('1 hour', measured_at, '2000-01-01 00:00:00+00') FROM stored`,
  );
  for (const step of ["pack_readings", "roll_up"])
    for (let n = 0; (await stack.sql(`SELECT platform.${step}()`)) !== "nothing"; n += 1)
      if (n === 1000) throw new Error(`${step} does not end`);
  await stack.sql(
    `CREATE TABLE bench_tools.hours AS SELECT * FROM sensor_hours WHERE pit_id = ${pit};
     CREATE TABLE bench_tools.quarters AS SELECT * FROM sensor_rollups WHERE pit_id = ${pit};
     CREATE TABLE bench_tools.readings AS SELECT r.* FROM readings r WHERE pit_id = ${pit};
     DELETE FROM sensor_hours WHERE pit_id = ${pit}; DELETE FROM sensor_rollups WHERE pit_id = ${pit}`,
  );
}

// The rollups of an hour are made for all pits, hour by hour; that is how they lie on the disk. The
// packed hours of a day are made pit by pit.
async function copyDays(stack: Stack, from: number, to: number): Promise<void> {
  const columns = (table: string, replaced: Record<string, string>) =>
    stack.sql(
      `SELECT string_agg(CASE attname ${Object.entries(replaced)
        .map(([name, value]) => `WHEN '${name}' THEN '${value}'`)
        .join(" ")} ELSE 't.' || quote_ident(attname) END, ', ' ORDER BY attnum)
       FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped`,
    );
  const of = { workshop_id: "a.workshop_id", pit_id: "a.pit_id", device_key: "a.device_key" };
  const hours = await columns("sensor_hours", { ...of, hour: "t.hour + d.shift" });
  const quarters = await columns("sensor_rollups", { ...of, at: "t.at + d.shift" });
  for (let day = to; day >= 0; day -= 1) {
    const shift = `(SELECT (${templateDay} - ${day}) * interval '1 day' AS shift) d`;
    if (day >= from)
      await stack.sql(
        `INSERT INTO sensor_hours SELECT ${hours} FROM bench_tools.placed a, bench_tools.hours t, ${shift}
         ORDER BY a.pit_id, t.hour`,
      );
    await stack.sql(
      `INSERT INTO sensor_rollups SELECT ${quarters}
       FROM bench_tools.placed a, bench_tools.quarters t, ${shift}, platform.rollup_progress p
       WHERE t.at + d.shift < p.done_until
       ORDER BY date_trunc('hour', t.at), a.pit_id, t.at`,
    );
  }
}

/** As they come: the readings of one moment of all pits lie together. */
async function copyOpenDays(stack: Stack): Promise<void> {
  for (let day = openDays - 1; day >= 0; day -= 1)
    await stack.sql(
      `SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - ${day});
       INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq,
                                temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy)
       SELECT a.workshop_id, a.pit_id, a.device_key, t.measured_at + d.shift, t.received_at + d.shift, t.boot_id, t.seq,
              t.temperature, t.humidity, t.pressure, t.gas_ohm, t.aqi, t.iaq_accuracy
       FROM bench_tools.readings t, bench_tools.placed a,
            (SELECT (${templateDay} - ${day}) * interval '1 day' AS shift) d
       WHERE t.measured_at + d.shift < now()
       ORDER BY t.measured_at, a.pit_id`,
    );
}

export interface Sizes {
  readings: number;
  hours: number;
  rollups: number;
  open: number;
}

/** Bytes with index. */
export async function sizesOf(stack: Stack): Promise<Sizes> {
  const text = await stack.sql(
    `SELECT json_build_object('readings', (SELECT sum(n) FROM sensor_rollups),
       'hours', pg_total_relation_size('sensor_hours'), 'rollups', pg_total_relation_size('sensor_rollups'),
       'open', (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits
                WHERE inhparent = 'sensor_data'::regclass))`,
  );
  return JSON.parse(text) as Sizes;
}
