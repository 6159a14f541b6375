// What contracts/live says of the messages of /ws.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { document } from "./openapi.ts";
import { faultsOf, type Schema } from "./schema.ts";
import { root } from "./stack.ts";

interface Contract {
  message: Schema;
  first: Record<string, Schema>;
  events: Record<string, { permission: string; data: Schema }>;
}

const contract = JSON.parse(
  readFileSync(join(root, "contracts/live/events.json"), "utf8"),
) as Contract;

/** How the message differs from the contract, one line each. */
export function faultsOfMessage(message: unknown): string[] {
  const { schemas } = document.components;
  const faults = faultsOf(message, contract.message, schemas, "message");
  if (faults.length > 0) return faults;
  const { event, data } = message as { event: string; data: unknown };
  const schema = contract.first[event] ?? contract.events[event]?.data;
  if (schema === undefined) return [`contracts/live knows no event "${event}"`];
  return faultsOf(data, schema, schemas, event);
}
