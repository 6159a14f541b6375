import { ParseError } from "./parse";

/**
 * Why a call did not succeed: the server said so (RFC 9457), or it could not be asked.
 * Gateways in front of the server answer 502/503/504 without a problem body; those count as
 * "unreachable", because trying again later is the right reaction to both.
 */
export type Failure =
  | { kind: "unreachable"; retryAfterMs: number | null }
  | {
      kind: "problem";
      status: number;
      code: string;
      fields: ReadonlyMap<string, string>;
      retryAfterMs: number | null;
    };

export type Outcome<T> = { ok: true; data: T } | { ok: false; failure: Failure };

type FetchResult = { data?: unknown; error?: unknown; response: Response };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function retryAfterMs(response: Response): number | null {
  const header = response.headers.get("Retry-After");
  if (header === null) return null;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

function fieldMessages(problem: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (!isObject(problem) || !Array.isArray(problem.errors)) return fields;
  for (const entry of problem.errors) {
    if (isObject(entry) && typeof entry.field === "string" && typeof entry.message === "string") {
      fields.set(entry.field, entry.message);
    }
  }
  return fields;
}

export function failureOf(response: Response, problem: unknown): Failure {
  if (response.status >= 502 && response.status <= 504) {
    return { kind: "unreachable", retryAfterMs: retryAfterMs(response) };
  }
  return {
    kind: "problem",
    status: response.status,
    code: isObject(problem) && typeof problem.code === "string" ? problem.code : "unknown",
    fields: fieldMessages(problem),
    retryAfterMs: retryAfterMs(response),
  };
}

/**
 * Turns a call into an outcome, its answer read by `read`. A network error or a timeout becomes
 * "unreachable", an answer of another shape the problem "unreadable".
 */
export async function outcomeOf<T>(
  call: Promise<FetchResult>,
  read: (answer: unknown) => T,
): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    const isEmpty = data === undefined && response.status !== 204;
    if (!response.ok || isEmpty) {
      return { ok: false, failure: failureOf(response, error) };
    }
    return { ok: true, data: read(data) };
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, failure: unreadable };
    return { ok: false, failure: { kind: "unreachable", retryAfterMs: null } };
  }
}

const unreadable: Failure = {
  kind: "problem",
  status: 200,
  code: "unreadable",
  fields: new Map(),
  retryAfterMs: null,
};

/** For calls of which only the success matters. */
export const ignoreAnswer = (): null => null;
