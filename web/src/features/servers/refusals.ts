import type { ServerReport } from "../../shared/api/model";
import type { TextKey } from "../../shared/i18n/i18n";
import type { Count } from "./watched";

/** Why messages are not stored, as the server names it, and what that means for the readings. */

export type RefusalKind =
  /** Nobody will send it again. */
  | "lost"
  /** The device keeps it and sends it again. */
  | "shed"
  /** There was something wrong with it. */
  | "faulty";

interface Reason {
  kind: RefusalKind;
  text: TextKey;
}

const reasons: Readonly<Record<string, Reason>> = {
  overload: { kind: "lost", text: "refusal.overload" },
  left_to_device: { kind: "shed", text: "refusal.left_to_device" },
  too_many: { kind: "shed", text: "refusal.too_many" },
  too_large: { kind: "faulty", text: "refusal.too_large" },
  unknown_topic: { kind: "faulty", text: "refusal.unknown_topic" },
  malformed_json: { kind: "faulty", text: "refusal.malformed_json" },
  invalid_payload: { kind: "faulty", text: "refusal.invalid_payload" },
  unknown_device: { kind: "faulty", text: "refusal.unknown_device" },
  wrong_licence: { kind: "faulty", text: "refusal.wrong_licence" },
  topic_mismatch: { kind: "faulty", text: "refusal.topic_mismatch" },
  licence_refused: { kind: "faulty", text: "refusal.licence_refused" },
  no_pit: { kind: "faulty", text: "refusal.no_pit" },
  out_of_range: { kind: "faulty", text: "refusal.out_of_range" },
  future_timestamp: { kind: "faulty", text: "refusal.future_timestamp" },
  too_old: { kind: "faulty", text: "refusal.too_old" },
};

/** Null for a reason that this page does not know yet. */
export const reasonText = (reason: string): TextKey | null =>
  Object.hasOwn(reasons, reason) ? (reasons[reason]?.text ?? null) : null;

export const refusalKind = (reason: string): RefusalKind =>
  Object.hasOwn(reasons, reason) ? (reasons[reason]?.kind ?? "faulty") : "faulty";

export const refusedFor =
  (reason: string): Count =>
  ({ refused }) =>
    refused.find((refusal) => refusal.reason === reason)?.count ?? 0;

export const refusedAs =
  (...kinds: RefusalKind[]): Count =>
  ({ refused }) =>
    refused
      .filter(({ reason }) => kinds.includes(refusalKind(reason)))
      .reduce((sum, { count }) => sum + count, 0);

const order: readonly RefusalKind[] = ["lost", "shed", "faulty"];

/** What is shed comes first; within that as the server has it, so that lines keep their place. */
export const inOrder = (refused: ServerReport["refused"]): ServerReport["refused"] =>
  order.flatMap((kind) => refused.filter(({ reason }) => refusalKind(reason) === kind));
