// What the air was while a job was done: live, and frozen at its end.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, rows } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { deviceAt, shine } from "../support/stack.ts";
import { freePit, newJob, newPit, runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const conditionsOf = async (jobId: number, by = owner) => {
  const answer = await by.get(`/api/jobs/${jobId}/conditions`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

/** Begun an hour ago, with a reading every 10 s of its first half; the air was too moist for ten minutes. */
async function halfAnHourOfReadings(jobId: number): Promise<void> {
  await execute(
    `UPDATE jobs SET actual_start_time = actual_start_time - interval '1 hour' WHERE id = ${jobId};
     UPDATE job_stages SET started_at = started_at - interval '1 hour' WHERE job_id = ${jobId};
     INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, seq, temperature, humidity,
                              aqi, iaq_accuracy)
     SELECT j.workshop_id, j.pit_id, d.id, j.actual_start_time + n * interval '10 seconds', now(), n, 22,
            CASE WHEN n < 60 THEN 80 ELSE 50 END, 60, 3
     FROM jobs j JOIN devices d ON d.workshop_id = j.workshop_id, generate_series(0, 179) n
     WHERE j.id = ${jobId} AND d.id = (SELECT min(id) FROM devices m WHERE m.workshop_id = j.workshop_id)`,
  );
}

describe("the conditions of a job", () => {
  test("show how long the air was within the bands of each stage", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    await halfAnHourOfReadings(job_id);
    const live = await conditionsOf(job_id);
    assert.equal(live.frozen_at, null);
    assert.equal(live.is_final, false);
    assert.equal(live.stages.length, 1);
    const [stage] = live.stages;
    assert.equal(stage.name, "Surface Prep");
    assert.deepEqual(stage.spec, {
      temperature_min: 15,
      temperature_max: 30,
      humidity_min: 30,
      humidity_max: 70,
      dew_point_margin_min: 3,
      aqi_max: 150,
    });
    assert.ok(Math.abs(live.air.measured_minutes - 30.33) < 0.02, `${live.air.measured_minutes}`);
    assert.ok(Math.abs(live.air.in_spec_minutes - 20.33) < 0.02, `${live.air.in_spec_minutes}`);
    assert.equal(live.air.temperature.mean, 22);
    assert.equal(live.air.humidity.max, 80);
    assert.equal(live.air.air_quality.in_spec_minutes, live.air.air_quality.measured_minutes);
    assert.ok(live.air.dew_point_margin.min > 3 && live.air.dew_point_margin.min < 4);
    assert.deepEqual(await conditionsOf(job_id, customer), live);
  });

  test("are frozen the moment it is completed, and outlive the readings", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    await halfAnHourOfReadings(job_id);
    await setStatus(job_id, "completed");
    const stored = await rows(`SELECT * FROM job_conditions WHERE job_id = ${job_id}`);
    assert.equal(stored.length, 1);
    await execute(
      `DELETE FROM sensor_data WHERE pit_id = (SELECT pit_id FROM jobs WHERE id = ${job_id})`,
    );
    const frozen = await conditionsOf(job_id);
    assert.notEqual(frozen.frozen_at, null);
    assert.equal(frozen.is_final, false);
    assert.ok(Math.abs(frozen.air.in_spec_minutes - 20.33) < 0.02);
    assert.notEqual(frozen.stages[0].finished_at, null);
    assert.deepEqual(await conditionsOf(job_id, customer), frozen);
  });

  test("of a job that never began are none", async () => {
    const { job_id } = await newJob(await newPit());
    const waiting = await conditionsOf(job_id);
    assert.deepEqual(waiting.stages, []);
    assert.equal(waiting.air.measured_minutes, 0);
    await setStatus(job_id, "cancelled");
    const cancelled = await conditionsOf(job_id);
    assert.deepEqual(cancelled.stages, []);
    assert.equal(cancelled.is_final, true);
  });

  test("know a reading that a device has just sent", async () => {
    const device = deviceAt(shine, 3);
    await freePit(device);
    const { job_id } = await runningJob(device.pit_id);
    await publishReading(device, { temperature: 41.5, humidity: 40, aqi: 10 });
    await eventually(
      "the reading in the conditions",
      async () => (await conditionsOf(job_id)).air.temperature.max === 41.5,
    );
    const { air } = await conditionsOf(job_id);
    assert.equal(air.temperature.in_spec_minutes, 0);
    await setStatus(job_id, "completed");
  });

  test("are for those who see the job", async () => {
    const { job_id } = await runningJob(await newPit());
    const stranger = await runningJob(await newPit());
    for (const session of [stranger.customer, await demo("imran"), await demo("neha")]) {
      const answer = await session.get(`/api/jobs/${job_id}/conditions`);
      assert.equal(answer.status, 404);
      assert.equal(answer.json.code, "not_found");
    }
  });
});
