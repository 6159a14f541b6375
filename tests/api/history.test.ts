// The history of a pit: every reading, and charts of minutes to months, over open, packed and
// archived days. The readings are put into the database as they would lie there.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute } from "../support/database.ts";
import type { Answer } from "../support/http.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { deviceAt, shine } from "../support/stack.ts";
import { newPit, newWorkshop, runningJob } from "../support/workshop.ts";

interface Values {
  temperature: number | null;
  humidity: number | null;
  aqi: number | null;
  pressure: number | null;
  gas_ohm: number | null;
}
interface Point extends Values {
  timestamp: string;
  n: number;
  min: Values | null;
  max: Values | null;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const iso = (ms: number) => new Date(ms).toISOString();

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

/** `count` readings, one every `periodS` seconds, the last of them `endMs`; 20 and 21 °C in turn. */
async function put(pitId: number, endMs: number, periodS: number, count: number): Promise<void> {
  const [end, last] = [`'${iso(endMs)}'::timestamptz`, `n * interval '${periodS} seconds'`];
  await execute(
    `SELECT platform.ensure_partition(d::date) FROM (
       SELECT DISTINCT (${end} - ${last}) AT TIME ZONE 'UTC' AS d FROM generate_series(0, ${count - 1}) n) days`,
  );
  await execute(
    `WITH stored AS (
       INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, seq, temperature, aqi)
       SELECT p.workshop_id, p.id, 1, ${end} - ${last}, now(), n, 20 + n % 2, n % 100
       FROM pits p, generate_series(0, ${count - 1}) n WHERE p.id = ${pitId}
       RETURNING workshop_id, pit_id, measured_at)
     INSERT INTO rollups_due
     SELECT DISTINCT workshop_id, pit_id, date_bin('1 hour', measured_at, '2000-01-01 00:00:00+00') FROM stored`,
  );
}

async function finish(step: "roll_up" | "pack_readings"): Promise<void> {
  while ((await execute(`SELECT platform.${step}()`))[0] !== "nothing");
}

const pathOf = (pitId: number) => `/api/pits/${pitId}/sensors/history`;

async function history(pitId: number, query = "", by = owner): Promise<Point[]> {
  const answer = await by.get(`${pathOf(pitId)}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

function nextOf(answer: Answer): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
}

function assertSorted(points: Point[]): void {
  const times = points.map(({ timestamp }) => Date.parse(timestamp));
  assert.deepEqual(
    times,
    [...new Set(times)].sort((a, b) => a - b),
  );
}

describe("a chart", () => {
  test("holds at most 1,000 points however long the range, and the means are right", async () => {
    const pitId = await newPit();
    const now = Date.now();
    await put(pitId, now, 10, 4000);
    const from = iso(now - 41_000_000);
    const auto = await history(pitId, `?from=${from}`);
    assert.ok(auto.length > 500 && auto.length <= 1000, `${auto.length} points`);
    const all = auto.reduce((sum, { n }) => sum + n, 0);
    assert.equal(all, 4000);
    const mean = auto.reduce((sum, { temperature, n }) => sum + (temperature ?? 0) * n, 0) / all;
    assert.ok(Math.abs(mean - 20.5) < 0.01, `mean ${mean}`);
    assertSorted(auto);
    const raw = await history(pitId, `?from=${from}&resolution=raw`);
    assert.equal(raw.length, 4000);
    assert.deepEqual([raw[0]?.n, raw[0]?.min, raw[0]?.max], [1, null, null]);
  });

  test("of less than three hours is every reading, unless these are too many", async () => {
    const pitId = await newPit();
    const now = Date.now();
    await put(pitId, now, 10, 300);
    const few = await history(pitId, `?from=${iso(now - hourMs)}`);
    assert.equal(few.length, 300);
    assert.equal(few[0]?.min, null);
    await put(pitId, now - 500, 1, 3000);
    const many = await history(pitId, `?from=${iso(now - hourMs)}`);
    assert.ok(many.length >= 50 && many.length <= 62, `${many.length} points`);
    assert.equal(
      many.reduce((sum, { n }) => sum + n, 0),
      3300,
    );
  });

  test("gives the least and the greatest of each bucket, and no point where nothing was measured", async () => {
    const pitId = await newPit();
    const start = Math.floor(Date.now() / hourMs) * hourMs - 30 * hourMs;
    await put(pitId, start + 899_000, 10, 60);
    await put(pitId, start + 7_199_000, 10, 60);
    for (const rolledUp of [false, true]) {
      if (rolledUp) await finish("roll_up");
      const query = `?from=${iso(start)}&to=${iso(start + 2 * hourMs)}`;
      const points = await history(pitId, `${query}&resolution=15m`);
      assert.deepEqual(
        points.map(({ timestamp, n }) => [timestamp, n]),
        [
          [iso(start), 60],
          [iso(start + 105 * 60_000), 60],
        ],
      );
      const { min, max, ...mean } = points[0] as Point;
      assert.deepEqual(
        [min?.temperature, mean.temperature, max?.temperature, min?.aqi, max?.aqi],
        [20, 20.5, 21, 0, 59],
      );
      assert.deepEqual([min?.humidity, mean.humidity, max?.humidity], [null, null, null]);
      const hours = await history(pitId, `${query}&resolution=1h`);
      assert.deepEqual(
        hours.map(({ timestamp, n }) => [timestamp, n]),
        [
          [iso(start), 60],
          [iso(start + hourMs), 60],
        ],
      );
      const minutes = await history(pitId, `${query}&resolution=1m`);
      assert.equal(
        minutes.reduce((sum, { n }) => sum + n, 0),
        120,
      );
      assertSorted(minutes);
    }
  });

  test("of months is one line over archived, packed and open days", async () => {
    const pitId = await newPit();
    const now = Date.now();
    const today = Math.floor(now / dayMs) * dayMs;
    await put(pitId, today - 10 * dayMs + 12 * hourMs, 60, 600);
    await finish("pack_readings");
    await put(pitId, now, 60, 120);
    await finish("roll_up");
    // What remains when the readings are archived.
    await execute(
      `INSERT INTO sensor_rollups (workshop_id, pit_id, at, n, temperature_n, temperature_min, temperature_mean,
         temperature_max, humidity_n, pressure_n, gas_ohm_n, aqi_n)
       SELECT workshop_id, id, '${iso(today - 100 * dayMs)}'::timestamptz + n * interval '15 minutes',
         90, 90, 10, 20.5, 30, 0, 0, 0, 0 FROM pits, generate_series(0, 95) n WHERE id = ${pitId}`,
    );
    const points = await history(pitId, `?from=${iso(today - 101 * dayMs)}`);
    assert.ok(points.length <= 1000);
    assertSorted(points);
    const part = (fromMs: number, toMs: number) =>
      points
        .filter(({ timestamp }) => Date.parse(timestamp) >= fromMs && Date.parse(timestamp) < toMs)
        .reduce((sum, { n }) => sum + n, 0);
    assert.equal(part(today - 100 * dayMs, today - 99 * dayMs), 96 * 90);
    assert.equal(part(today - 11 * dayMs, today - 9 * dayMs), 600);
    assert.equal(part(today - 9 * dayMs, now), 120);
    assert.equal(part(0, now), 96 * 90 + 600 + 120);
    const old = await history(
      pitId,
      `?from=${iso(today - 100 * dayMs)}&to=${iso(today - 100 * dayMs + hourMs)}`,
    );
    assert.equal(old.length, 4);
    assert.equal(old[0]?.max?.temperature, 30);
  });

  test("shows at once what came late", async () => {
    const pitId = await newPit();
    const at = Math.floor(Date.now() / hourMs) * hourMs - 5 * dayMs;
    await put(pitId, at, 10, 1);
    await finish("roll_up");
    const query = `?from=${iso(at - hourMs)}&to=${iso(at + hourMs)}&resolution=1h`;
    assert.equal((await history(pitId, query)).at(-1)?.n, 1);
    await put(pitId, at + 600_000, 10, 5);
    assert.equal((await history(pitId, query)).at(-1)?.n, 6);
    await finish("roll_up");
    assert.equal((await history(pitId, query)).at(-1)?.n, 6);
  });

  test("of a pit without readings is empty, and there is no latest one", async () => {
    const pitId = await newPit();
    assert.deepEqual(await history(pitId), []);
    const latest = await owner.get(`/api/pits/${pitId}/sensors/latest`);
    assert.equal(latest.status, 404);
    assert.equal(latest.json.code, "not_found");
  });
});

describe("raw readings", () => {
  test("come page by page, each once", async () => {
    const pitId = await newPit();
    const now = Date.now();
    await put(pitId, now, 10, 250);
    let path: string | undefined =
      `${pathOf(pitId)}?from=${iso(now - hourMs)}&to=${iso(now + 1)}&resolution=raw&limit=100`;
    const pages: Point[][] = [];
    while (path !== undefined) {
      const answer: Answer = await owner.get(path);
      assert.equal(answer.status, 200, answer.text);
      pages.push(answer.json);
      path = nextOf(answer);
    }
    assert.deepEqual(
      pages.map((page) => page.length),
      [100, 100, 50],
    );
    assertSorted(pages.flat());
  });
});

test("ranges, resolutions and cursors that make no sense are refused by field", async () => {
  const path = pathOf(deviceAt(shine, 2).pit_id);
  const day = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
  for (const [query, field] of [
    ["from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from"],
    ["from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "from"],
    ["from=yesterday", "from"],
    ["to=2026-13-01T00:00:00Z", "to"],
    ["from=2024-01-01T00:00:00Z&to=2025-01-03T00:00:00Z", "from"],
    ["from=2026-01-01T00:00:00Z&to=2026-01-04T00:00:00Z&resolution=raw", "from"],
    ["resolution=fine", "resolution"],
    ["resolution=2m", "resolution"],
    [`${day}&resolution=1m`, "resolution"],
    ["from=2026-01-01T00:00:00Z&to=2026-01-12T00:00:00Z&resolution=15m", "resolution"],
    ["from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z&resolution=1h", "resolution"],
    [`${day}&limit=5`, "limit"],
    [`${day}&resolution=raw&limit=0`, "limit"],
    [`${day}&resolution=raw&limit=20001`, "limit"],
    [`${day}&cursor=1767225600000000.1`, "cursor"],
    [`${day}&resolution=raw&cursor=x`, "cursor"],
    [`${day}&resolution=raw&cursor=1767225600000000.-1`, "cursor"],
    [`${day}&resolution=raw&cursor=1767225599999999.0`, "cursor"],
    [`${day}&resolution=raw&cursor=1767312000000000.0`, "cursor"],
  ]) {
    const answer = await owner.get(`${path}?${query}`);
    assert.equal(answer.status, 422, `${query}: ${answer.status}`);
    assert.equal(answer.json.code, "validation_failed");
    assert.deepEqual(
      answer.json.errors.map((error: { field: string }) => error.field),
      [field],
      query,
    );
  }
  for (const query of [
    "from=0001-01-01T00:00:00Z",
    "from=1970-01-01T00:00:00Z&to=9999-12-31T23:59:59Z",
    "from=2198-12-31T00:00:00Z&to=2199-12-31T23:59:59Z",
    `${day}&resolution=raw&cursor=1767225600000000.2147483647`,
  ]) {
    const answer = await owner.get(`${path}?${query}`);
    assert.ok(
      [200, 422].includes(answer.status),
      `${query}: ${answer.status} ${answer.text.slice(0, 200)}`,
    );
  }
});

describe("who sees what", () => {
  test("a customer sees nothing from before the own job, at any resolution", async () => {
    const pitId = await newPit();
    const before = Date.now() - 1000;
    await put(pitId, before, 10, 3000);
    await finish("roll_up");
    const { customer } = await runningJob(pitId);
    await put(pitId, Date.now() + 50, 0.01, 3);
    const from = `from=${iso(before - 8 * hourMs)}&to=${iso(Date.now() + 60_000)}`;
    for (const resolution of ["auto", "raw", "1m", "15m", "1h"]) {
      const points = await history(pitId, `?${from}&resolution=${resolution}`, customer);
      assert.ok(points.length >= 1, resolution);
      assert.equal(
        points.reduce((sum, { n }) => sum + n, 0),
        3,
        resolution,
      );
      for (const { timestamp } of points) assert.ok(Date.parse(timestamp) > before, timestamp);
    }
    // The way back by a cursor is closed too.
    const cursor = `${(before - hourMs) * 1000}.0`;
    const answer = await customer.get(`${pathOf(pitId)}?${from}&resolution=raw&cursor=${cursor}`);
    assert.equal(answer.status, 422, answer.text);
  });

  test("another workshop's pit is not there", async () => {
    const pitId = await newPit();
    await put(pitId, Date.now(), 10, 10);
    const { owner: stranger } = await newWorkshop();
    for (const resolution of ["auto", "raw", "15m"]) {
      const answer = await stranger.get(`${pathOf(pitId)}?resolution=${resolution}`);
      assert.equal(answer.status, 404);
      assert.equal(answer.json.code, "not_found");
    }
  });
});
