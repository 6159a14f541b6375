// What devices measured against what the database holds, reading by reading.
import assert from "node:assert/strict";
import { type Product, psql } from "../../support/fleet.ts";

/** One boot of a device: its readings have the numbers 0 to measured - 1. */
export interface Measured {
  deviceId: string;
  bootId: number;
  measured: number;
}

export interface Difference extends Measured {
  /** Numbers below `measured` that are not stored. */
  lost: number;
  /** Rows of a number that is stored already. */
  duplicates: number;
}

export interface Count {
  measured: number;
  stored: number;
  lost: number;
  duplicates: number;
  /** Rows of these devices from boots that none of them ever had. */
  strange: number;
  /** The boots that differ. */
  differences: Difference[];
}

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * What a boot measured later is left out: numbers from `measured` on. So this is exact for devices
 * that go on measuring.
 */
export async function countStored(product: Product, boots: Measured[]): Promise<Count> {
  const values = boots.map((boot) => `('${boot.deviceId}',${boot.bootId},${boot.measured})`);
  const expected = `WITH expected (device_id, boot_id, measured) AS (VALUES ${values.join(",")})`;
  const found = await psql(
    product,
    `${expected}
     SELECT json_build_array(e.device_id, e.boot_id, e.measured, count(s.seq), count(DISTINCT s.seq))
       FROM expected e JOIN devices d USING (device_id)
       LEFT JOIN sensor_data s ON s.device_key = d.id AND s.boot_id = e.boot_id
                              AND s.seq BETWEEN 0 AND e.measured - 1
      GROUP BY e.device_id, e.boot_id, e.measured`,
  );
  const [strange] = await psql(
    product,
    `${expected}
     SELECT count(*) FROM sensor_data s JOIN devices d ON d.id = s.device_key
      WHERE d.device_id IN (SELECT device_id FROM expected)
        AND (d.device_id, s.boot_id) NOT IN (SELECT device_id, boot_id FROM expected)`,
  );
  const counted = found.map((line): Difference & { stored: number } => {
    const [deviceId, bootId, measured, rows, numbers] = JSON.parse(line);
    const lost = measured - numbers;
    return { deviceId, bootId, measured, stored: rows, lost, duplicates: rows - numbers };
  });
  if (counted.length !== boots.length)
    throw new Error(`${boots.length} boots measured, and the database knows ${counted.length}`);
  return {
    measured: sum(counted.map(({ measured }) => measured)),
    stored: sum(counted.map(({ stored }) => stored)),
    lost: sum(counted.map(({ lost }) => lost)),
    duplicates: sum(counted.map(({ duplicates }) => duplicates)),
    strange: Number(strange),
    differences: counted.filter(({ lost, duplicates }) => lost !== 0 || duplicates !== 0),
  };
}

export const sentenceOf = (count: Count): string =>
  `${count.measured} measured, ${count.stored} stored, ${count.lost} lost, ` +
  `${count.duplicates} stored twice`;

export function assertWhole(count: Count): void {
  assert.deepEqual(count.differences, [], "boots of which not every reading is stored once");
  assert.equal(count.strange, 0, "rows of boots that no device had");
  assert.equal(count.stored, count.measured);
  assert.ok(count.measured > 0, "nothing was measured");
}
