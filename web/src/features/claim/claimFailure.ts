import type { Failure } from "../../shared/api/failure";
import type { Text, TextKey } from "../../shared/i18n/i18n";
import { spanText } from "../../shared/time/format";
import { failureText } from "../../shared/ui/failureText";

const own = {
  claim_invalid: "claim.invalid",
  claim_used: "claim.used",
  claim_expired: "claim.expired",
  pit_occupied: "claim.occupied",
  rate_limited: "claim.limited",
  forbidden: "claim.forbidden",
  not_found: "claim.pitGone",
} as const satisfies Record<string, TextKey>;

const isOwn = (code: string): code is keyof typeof own => Object.hasOwn(own, code);

/** Why a claim was refused and what to do next, in the reader's words. */
export function claimFailureText(failure: Failure, text: Text): string {
  if (failure.kind === "unreachable" || !isOwn(failure.code)) return failureText(failure, text);
  const wait = failure.retryAfterMs;
  const span = wait === null ? text("failure.moment") : spanText(wait, text);
  return text(own[failure.code], { span });
}

const hasCode = (failure: Failure, ...codes: string[]): boolean =>
  failure.kind === "problem" && codes.includes(failure.code);

/** Nothing but another label helps. */
export const isOfLabel = (failure: Failure): boolean =>
  hasCode(failure, "claim_invalid", "claim_used", "claim_expired");

/** The pits are not, or not any more, as they are shown. */
export const isOfPits = (failure: Failure): boolean =>
  hasCode(failure, "claim_used", "pit_occupied", "not_found");
