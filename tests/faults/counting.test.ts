// The counting of the other fault tests can fail: a reading taken away, added or moved is found.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertWhole, type Count, countStored, type Measured } from "./support/counting.ts";
import { Fleet } from "./support/fleet.ts";
import { product, sql, startStack, stopStack } from "./support/stack.ts";

let fleet: Fleet;
let boots: Measured[];
let victim: Measured;
before(async () => {
  await startStack();
  fleet = await Fleet.start({ count: 3 });
  await fleet.until("some readings", ({ settled }) => settled >= 5);
  await fleet.powerCycle(fleet.devices[0]?.device_id);
  boots = (await fleet.untilCalm()).boots;
  [victim] = boots as [Measured];
});
after(async () => {
  await fleet?.close();
  await stopStack();
});

const columns = `workshop_id, pit_id, device_key, received_at, temperature, humidity, pressure,
                 gas_ohm, aqi, iaq_accuracy, replayed`;
const ofVictim = () =>
  `device_key = (SELECT id FROM devices WHERE device_id = '${victim.deviceId}')`;
/** A row as that of the victim's number 2, but for this. */
const added = (measuredAt: string, bootId: number | string, seq: number | string) =>
  `INSERT INTO sensor_data (measured_at, boot_id, seq, ${columns})
   SELECT ${measuredAt}, ${bootId}, ${seq}, ${columns} FROM sensor_data
    WHERE ${ofVictim()} AND boot_id = ${victim.bootId} AND seq = 2`;
const removed = (condition: string) =>
  `DELETE FROM sensor_data WHERE ${ofVictim()} AND ${condition}`;

/** What the counting says while the database is so, for this time only. */
async function whileSo(change: string, mend: string): Promise<Count> {
  await sql(change);
  try {
    return await countStored(product, boots);
  } finally {
    await sql(mend);
  }
}

describe("the counting", { concurrency: 1 }, () => {
  test("finds nothing where nothing is wrong, also over two boots", async () => {
    assert.equal(boots.length, 4);
    assertWhole(await countStored(product, boots));
  });

  for (const [what, seq] of [
    ["first", () => 0],
    ["last", () => victim.measured - 1],
  ] as const)
    test(`finds that the ${what} reading of a boot is missing`, async () => {
      const row = `boot_id = ${victim.bootId} AND seq = ${seq()}`;
      const count = await whileSo(
        `CREATE TABLE taken_away AS SELECT * FROM sensor_data WHERE ${ofVictim()} AND ${row};
         ${removed(row)}`,
        "INSERT INTO sensor_data SELECT * FROM taken_away; DROP TABLE taken_away",
      );
      assert.equal(count.lost, 1);
      assert.deepEqual(count.differences, [
        { ...victim, stored: victim.measured - 1, lost: 1, duplicates: 0 },
      ]);
      assert.throws(() => assertWhole(count));
    });

  test("finds a reading that is stored twice, under two times", async () => {
    const count = await whileSo(
      added("measured_at + interval '1 millisecond'", "boot_id", "seq"),
      removed("measured_at <> date_trunc('second', measured_at)"),
    );
    assert.equal(count.duplicates, 1);
    assert.equal(count.lost, 0);
    assert.throws(() => assertWhole(count));
  });

  test("does not take a stored twice and a lost one for two good ones", async () => {
    const row = `boot_id = ${victim.bootId} AND seq =`;
    const count = await whileSo(
      `UPDATE sensor_data SET seq = 2 WHERE ${ofVictim()} AND ${row} 1`,
      `UPDATE sensor_data SET seq = 1 WHERE ${ofVictim()} AND ${row} 2
          AND measured_at = (SELECT min(measured_at) FROM sensor_data WHERE ${ofVictim()} AND ${row} 2)`,
    );
    assert.deepEqual([count.lost, count.duplicates], [1, 1]);
    assert.throws(() => assertWhole(count));
  });

  test("finds rows of a boot that no device had", async () => {
    const count = await whileSo(added("measured_at", 77, 0), removed("boot_id = 77"));
    assert.equal(count.strange, 1);
    assert.throws(() => assertWhole(count));
  });

  test("finds nothing again at the end", async () => {
    assertWhole(await countStored(product, boots));
  });
});
