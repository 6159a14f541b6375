// What a reading costs on disk, as it is stored and once its day is over and packed.
import type { Device, Stack } from "../support/stack.ts";

export interface Disk {
  rows: number;
  table: number;
  index: number;
}

export async function diskOf(stack: Stack): Promise<Disk> {
  const text = await stack.sql(
    `SELECT json_build_object('rows', (SELECT count(*) FROM sensor_data),
       'table', sum(pg_table_size(inhrelid)), 'index', sum(pg_indexes_size(inhrelid)))
     FROM pg_inherits WHERE inhparent = 'sensor_data'::regclass`,
  );
  return JSON.parse(text) as Disk;
}

const packedDevices = 100;
const mostSteps = 10_000;

/**
 * Of a whole day of a hundred devices, made up but not smooth: temperature, humidity, pressure
 * and gas wander with every reading, as the sensor's do, with the decimals the firmware sends,
 * and readings arrive some milliseconds late. Null when this database does not pack.
 */
export async function packedDisk(stack: Stack, devices: Device[]): Promise<Disk | null> {
  if ((await stack.sql("SELECT to_regproc('platform.pack_readings') IS NOT NULL")) !== "t")
    return null;
  const pits = devices.slice(0, packedDevices).map((device) => device.pit_id);
  await stack.sql(
    `SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - 5);
     INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq,
                              temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy)
     SELECT workshop_id, pit_id, device_key, at, at + (0.005 + 0.05 * random()) * interval '1 second', 3, n,
            round((24 + sum(noise1) OVER w / 50)::numeric, 2), round((50 + sum(noise2) OVER w / 20)::numeric, 2),
            round((1010 + sum(noise3) OVER w / 50)::numeric, 2), round((140000 + 300 * sum(noise4) OVER w)::numeric, 0),
            greatest(0, least(500, round(60 + sum(noise4) OVER w / 3))), 3
     FROM (
       SELECT a.workshop_id, a.pit_id, a.device_key, n,
              date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '5 days'
                + (n * 10 + a.pit_id % 10) * interval '1 second' AS at,
              random() - 0.5 AS noise1, random() - 0.5 AS noise2, random() - 0.5 AS noise3, random() - 0.5 AS noise4
       FROM device_assignments a, generate_series(0, 8639) n WHERE a.pit_id = ANY ('{${pits.join()}}')) one
     WINDOW w AS (PARTITION BY device_key ORDER BY n)`,
  );
  for (let step = 0; (await stack.sql("SELECT platform.pack_readings()")) !== "nothing"; step += 1)
    if (step === mostSteps) throw new Error("packing a day does not end");
  const text = await stack.sql(
    `SELECT json_build_object('rows', (SELECT sum(n) FROM sensor_hours),
       'table', pg_table_size('sensor_hours'), 'index', pg_indexes_size('sensor_hours'))`,
  );
  return JSON.parse(text) as Disk;
}
