import type { Failure } from "../api/failure";
import type { Text, TextKey } from "../i18n/i18n";
import { spanText } from "../time/format";

const known = {
  invalid_credentials: "failure.invalid_credentials",
  locked_out: "failure.locked_out",
  rate_limited: "failure.rate_limited",
  forbidden: "failure.forbidden",
  validation_failed: "failure.validation_failed",
  pit_busy: "failure.pit_busy",
  invalid_transition: "failure.invalid_transition",
  conflict: "failure.conflict",
  not_found: "failure.not_found",
} as const satisfies Record<string, TextKey>;

const isKnown = (code: string): code is keyof typeof known => Object.hasOwn(known, code);

/** A failure in the reader's words; the server's own wording is for developers. */
export function failureText(failure: Failure, text: Text): string {
  if (failure.kind === "unreachable") return text("failure.unreachable");
  if (!isKnown(failure.code)) return text("failure.other");
  const wait = failure.retryAfterMs;
  const span = wait === null ? text("failure.moment") : spanText(wait, text);
  return text(known[failure.code], { span });
}
