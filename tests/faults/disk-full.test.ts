// The disk under PostgreSQL is full: first for its tables, then for its log, which ends it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { Fleet } from "./support/fleet.ts";
import { scaled } from "./support/scale.ts";
import { SmallDisk } from "./support/smallDisk.ts";
import { folder, postgres, server, sql, startStack, stopStack } from "./support/stack.ts";

let fleet: Fleet | undefined;
let disk: SmallDisk | undefined;
const log = join(folder, "log/postgres.log");

before(async () => {
  disk = await SmallDisk.make(join(folder, "small-disk"), scaled(300, 600));
  await startStack();
  fleet = await Fleet.start();
  await postgres.stop();
  const place = postgres.argv.indexOf("-D") + 1;
  const data = join(disk.folder, "data");
  execFileSync("cp", ["-a", `${postgres.argv[place]}`, data]);
  postgres.argv = postgres.argv.with(place, data);
  postgres.argv.push("-c", "min_wal_size=32MB", "-c", "max_wal_size=64MB");
  await postgres.start();
});
after(async () => {
  disk?.free();
  await fleet?.close();
  await stopStack();
  await disk?.remove();
});

/** Keeps it full, as PostgreSQL gives room back now and then, until its log says so. */
async function fullUntil(what: RegExp, push: () => Promise<unknown>): Promise<void> {
  const begin = statSync(log).size;
  await eventually(
    `${what} in PostgreSQL's log`,
    async () => {
      disk?.fill();
      await push().catch(() => {}); // that it fails is what we wait for
      return what.test(readFileSync(log, "utf8").slice(begin));
    },
    120_000,
  );
}
async function stayFull(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; ++second) {
    disk?.fill();
    await pause(1_000);
  }
}

test("no room for the tables", async (t) => {
  assert.ok(disk && fleet);
  t.diagnostic(`the small disk is ${disk.kind}`);
  await fullUntil(/could not extend file.*No space left on device/, async () => {});
  await stayFull(scaled(3, 60));
  disk.free();
  await fleet.assertNothingLost(t);
});

test("no room for the write-ahead log", async (t) => {
  assert.ok(disk && fleet);
  // It ends itself, and its recovery finds no room either: whoever watches over it starts it again.
  postgres.mayDie = true;
  await fullUntil(/PANIC:.*No space left on device/, () => sql("SELECT pg_switch_wal()"));
  await stayFull(scaled(3, 60));
  disk.free();
  await postgres.ready();
  postgres.mayDie = false;
  await server.ready();
  await fleet.assertNothingLost(t);
});
