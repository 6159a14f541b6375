import { expect, test } from "vitest";
import type { ServerReport } from "../../shared/api/model";
import { at, sampleReport } from "../../shared/testing/samples";
import { observe, ratePerSecond, rise, riseInMinute, type Watched } from "./watched";

const accepted = (report: ServerReport) => report.readings_accepted;
/** The answers one after the other, each a list of reports. */
const seen = (...answers: ServerReport[][]): Watched[] =>
  answers.reduce<Watched[]>((known, answer) => observe(known, answer), []);
const only = (...reports: ServerReport[]): Watched => {
  const [server] = seen(...reports.map((report) => [report]));
  if (server === undefined) throw new Error("no server");
  return server;
};

test("one report alone says nothing about the course", () => {
  const server = only(sampleReport({ readings_accepted: 1000 }));
  expect([ratePerSecond(server, accepted), rise(server, accepted)]).toEqual([null, 0]);
});

test("a rate is what came between two reports, by their own time", () => {
  const server = only(
    sampleReport({ readings_accepted: 1000 }),
    sampleReport({ readings_accepted: 1050, reported_at: at(4000) }),
  );
  expect(ratePerSecond(server, accepted)).toBe(12.5);
  expect(rise(server, accepted)).toBe(50);
});

test("a server that was started anew counts from zero, over the time since its start", () => {
  const server = only(
    sampleReport({ readings_accepted: 1000 }),
    sampleReport({ readings_accepted: 30, started_at: at(2000), reported_at: at(5000) }),
  );
  expect(rise(server, accepted)).toBe(30);
  expect(ratePerSecond(server, accepted)).toBe(10);
});

test("the same report once more changes nothing", () => {
  const other = (ms: number, count: number) =>
    sampleReport({ name: "two", readings_accepted: count, reported_at: at(ms) });
  const own = (ms: number) => sampleReport({ reported_at: at(ms) });
  const servers = seen(
    [own(0), other(-1000, 100)],
    [own(5000), other(4000, 150)],
    [own(7000), other(4000, 150)],
  );
  const two = servers[1] as Watched;
  expect(ratePerSecond(two, accepted)).toBe(10);
  expect(two.minute).toHaveLength(2);
  expect(two.silentMs).toBe(3000);
});

test("the minute forgets what is older", () => {
  const server = only(
    ...[0, 30_000, 60_000, 90_000].map((ms) =>
      sampleReport({ readings_accepted: 1000 + ms / 1000, reported_at: at(ms) }),
    ),
  );
  expect(riseInMinute(server, accepted)).toBe(60);
});

test("after a long pause the last minute is not known, the rise is", () => {
  const server = only(
    sampleReport({ readings_accepted: 1000 }),
    sampleReport({ readings_accepted: 1600, reported_at: at(600_000) }),
  );
  expect(riseInMinute(server, accepted)).toBe(0);
  expect(rise(server, accepted)).toBe(600);
  expect(ratePerSecond(server, accepted)).toBe(1);
});

test("a server that is no longer in the answer stays for 15 minutes, and keeps its figures", () => {
  const own = (ms: number) => sampleReport({ reported_at: at(ms) });
  const first = [own(0), sampleReport({ name: "two", readings_accepted: 7 })];
  const gone = seen(first, [own(40_000)])[1];
  expect(gone).toMatchObject({ isGone: true, silentMs: 40_000, report: { readings_accepted: 7 } });
  expect(seen(first, [own(40_000)], [own(900_000)])).toHaveLength(1);
});

test("a server that comes back is no longer gone", () => {
  const two = (ms: number) => sampleReport({ name: "two", reported_at: at(ms) });
  const own = (ms: number) => sampleReport({ reported_at: at(ms) });
  const servers = seen([own(0), two(0)], [own(40_000)], [own(45_000), two(44_000)]);
  expect(servers.map(({ isGone }) => isGone)).toEqual([false, false]);
});
