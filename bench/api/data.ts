// What the requests of the api benchmark ask for: a day of readings at one pit of each
// workshop, twenty jobs, and many people who are signed in.
import { makeFleet } from "../support/bulkFleet.ts";
import { signIn } from "../support/sessions.ts";
import type { Login, Stack } from "../support/stack.ts";

const pitsOfEach = 3;

export interface Workshop {
  id: string;
  owner: Login;
  /** Where the readings are. */
  pit: number;
  /** Sessions of the owner: each may make 600 requests at once, and 600 a minute. */
  tokens: string[];
}

export async function makeData(
  stack: Stack,
  workshops: number,
  sessionsOfEach: number,
  signal: AbortSignal,
): Promise<Workshop[]> {
  const { devices, owners } = await makeFleet(stack, workshops, pitsOfEach, signal);
  const pits = devices.filter((device) => device.pit_number === 1).map((device) => device.pit_id);
  await fillDay(stack, pits);
  await makeJobs(stack, pits);
  const tokens = await signIn(
    stack,
    owners.flatMap((owner) => Array.from({ length: sessionsOfEach }, () => owner)),
  );
  return owners.map((owner, i) => ({
    id: owner.username.replace("bench_", ""),
    owner,
    pit: pits[i] ?? 0,
    tokens: tokens.slice(i * sessionsOfEach, (i + 1) * sessionsOfEach),
  }));
}

/** A reading every 10 s of the last 24 hours. */
async function fillDay(stack: Stack, pits: number[]): Promise<void> {
  await stack.sql(
    `INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq,
                              temperature, humidity, pressure, aqi, iaq_accuracy)
     SELECT a.workshop_id, a.pit_id, a.device_key, at, at, 1, n, 20 + n % 500 / 100.0, 40 + n % 300 / 10.0,
            1000 + n % 100 / 10.0, n % 200, 3
     FROM device_assignments a, generate_series(1, 8640) n, LATERAL (SELECT now() - n * interval '10 seconds' AS at) t
     WHERE a.pit_id = ANY ('{${pits.join()}}');
     ANALYZE sensor_data;`,
  );
}

/** One is in progress, the others are done; each with the five stages of a usual one. */
async function makeJobs(stack: Stack, pits: number[]): Promise<void> {
  await stack.sql(
    `WITH j AS (
       INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type, status,
                         estimated_duration_minutes, actual_start_time, estimated_end_time, actual_end_time)
       SELECT p.workshop_id, p.id, u.id, 'Customer ' || n, 'Car ' || n, 'KA01AB' || 1000 + n, 'Full body PPF',
              CASE WHEN n = 1 THEN 'in_progress' ELSE 'completed' END, 480, now() - interval '4 hours',
              now() + interval '4 hours', CASE WHEN n > 1 THEN now() END
       FROM pits p JOIN users u ON u.workshop_id = p.workshop_id, generate_series(1, 20) n
       WHERE p.id = ANY ('{${pits.join()}}')
       RETURNING id, workshop_id)
     INSERT INTO job_stages (workshop_id, job_id, position, name, weight, sentence, started_at, finished_at)
     SELECT workshop_id, id, n, 'Stage ' || n, 20, 'This stage is under way.', now() - interval '1 hour',
            now()
     FROM j, generate_series(1, 5) n;
     ANALYZE jobs, job_stages;`,
  );
}
