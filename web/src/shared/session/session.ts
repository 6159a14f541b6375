import { type Api, createApi } from "../api/client";
import { type Failure, ignoreAnswer, type Outcome, outcomeOf } from "../api/failure";
import { type AccessToken, type Me, parseAccessToken, parseMe } from "../api/model";
import { backoffMs } from "../live/backoff";
import { withRefreshLock } from "./refreshLock";
import { sessionHint } from "./sessionHint";

/**
 * The signed-in user of this page. The access token lives in memory only; a reload gets a new one
 * through the HttpOnly refresh cookie. Refreshes are serialised: one in flight in this tab, and
 * one at a time across tabs. All methods are safe to call at any time; none throws.
 */

export type SignedOutReason = "none" | "signed_out" | "ended" | "link_invalid";

export type SessionState =
  | { kind: "restoring" }
  /** There may be a session, but the server cannot be reached; being tried again. */
  | { kind: "unreachable" }
  | { kind: "signed_out"; reason: SignedOutReason }
  | { kind: "active"; me: Me };

export type RefreshResult = "refreshed" | "ended" | "unreachable";

type Channel = Pick<BroadcastChannel, "postMessage" | "addEventListener" | "close">;

export interface SessionDeps {
  fetch: (request: Request) => Promise<Response>;
  /** Tells other tabs that the signed-in user changed; null where unsupported. */
  channel: Channel | null;
  /** Monotonic milliseconds: token life must not depend on the wall clock being set. */
  monotonicMs: () => number;
  random: () => number;
}

const callDeadlineMs = 15_000;
const renewAheadMs = 30_000;

export function browserSessionDeps(): SessionDeps {
  return {
    fetch: (request) =>
      fetch(request, {
        signal: AbortSignal.any([request.signal, AbortSignal.timeout(callDeadlineMs)]),
      }),
    channel:
      typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("pitview-session"),
    monotonicMs: () => performance.now(),
    random: Math.random,
  };
}

export class Session {
  readonly api: Api;

  readonly #deps: SessionDeps;
  readonly #authApi: Api;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { kind: "restoring" };
  #token: { value: string; expiresAtMs: number } | null = null;
  #refreshing: Promise<RefreshResult> | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #restoreAttempt = 0;
  /** The token of the tracking link that the page was opened with, until the server has judged it. */
  #link: string | null;
  #linkWasRefused = false;
  /** Grows whenever the user may have changed; an answer for an older one is dropped. */
  #epoch = 0;

  constructor(deps: SessionDeps, link: string | null = null) {
    this.#deps = deps;
    this.#link = link;
    this.#authApi = createApi(deps.fetch);
    this.api = createApi((request) => this.#authorizedFetch(request));
    deps.channel?.addEventListener("message", () => {
      this.#restart();
      void this.restore();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SessionState => this.#state;

  /**
   * At page load: signs in by the link the page was opened with, or continues the session of the
   * refresh cookie, if there is one.
   */
  async restore(): Promise<void> {
    clearTimeout(this.#retry);
    if (this.#link !== null && (await this.#openLink(this.#link))) return;
    if (!sessionHint.mayHaveSession()) {
      this.#signOutLocally(this.#withoutSession());
      return;
    }
    const epoch = this.#epoch;
    const refreshed = await this.refresh();
    if (epoch !== this.#epoch) return;
    if (refreshed === "ended") return;
    const failure = refreshed === "refreshed" ? await this.#loadMe() : null;
    if (epoch !== this.#epoch) return;
    if (refreshed === "unreachable" || failure !== null) this.#retryRestore();
  }

  async login(username: string, password: string): Promise<Failure | null> {
    const epoch = ++this.#epoch;
    const outcome = await outcomeOf(
      this.#authApi.POST("/api/auth/login", { body: { username, password } }),
      parseAccessToken,
    );
    if (!outcome.ok) return outcome.failure;
    if (epoch !== this.#epoch) return null;
    this.#keepToken(outcome.data);
    sessionHint.set(true);
    const failure = await this.#loadMe();
    if (failure === null) this.#deps.channel?.postMessage("changed");
    return failure;
  }

  /** False when the server refused the link; then there may be a session all the same. */
  async #openLink(token: string): Promise<boolean> {
    const epoch = this.#epoch;
    const outcome = await outcomeOf(
      this.#authApi.POST("/api/auth/magic-link", { body: { token } }),
      parseAccessToken,
    );
    if (epoch !== this.#epoch) return true;
    if (outcome.ok) {
      this.#link = null;
      this.#keepToken(outcome.data);
      sessionHint.set(true);
      if ((await this.#loadMe()) !== null) this.#retryRestore();
      this.#deps.channel?.postMessage("changed");
      return true;
    }
    const { failure } = outcome;
    if (failure.kind === "unreachable" || failure.code === "rate_limited") {
      this.#retryRestore();
      return true;
    }
    this.#link = null;
    this.#linkWasRefused = true;
    return false;
  }

  #withoutSession(): SignedOutReason {
    return this.#linkWasRefused ? "link_invalid" : "none";
  }

  /** Ends the session here at once, on the server as soon as it hears of it. */
  async logout(): Promise<void> {
    const token = this.#token;
    this.#signOutLocally("signed_out");
    this.#deps.channel?.postMessage("changed");
    if (token === null) return;
    const headers = { Authorization: `Bearer ${token.value}` };
    await outcomeOf(this.#authApi.POST("/api/auth/logout", { headers }), ignoreAnswer);
  }

  /** Gets a new access token. "ended" has already signed this page out. */
  refresh(): Promise<RefreshResult> {
    if (this.#refreshing !== null) return this.#refreshing;
    const refreshing = this.#refreshOnce().finally(() => {
      if (this.#refreshing === refreshing) this.#refreshing = null;
    });
    this.#refreshing = refreshing;
    return refreshing;
  }

  /** The server said that the session is over. */
  end(): void {
    if (this.#state.kind !== "signed_out") this.#signOutLocally("ended");
  }

  async #refreshOnce(): Promise<RefreshResult> {
    const epoch = this.#epoch;
    const outcome: Outcome<AccessToken> = await withRefreshLock(() =>
      outcomeOf(this.#authApi.POST("/api/auth/refresh"), parseAccessToken),
    );
    if (epoch !== this.#epoch) return "unreachable";
    if (outcome.ok) {
      this.#keepToken(outcome.data);
      return "refreshed";
    }
    const { failure } = outcome;
    const isOver = failure.kind === "problem" && (failure.status === 401 || failure.status === 403);
    if (!isOver) return "unreachable";
    this.#signOutLocally(this.#state.kind === "active" ? "ended" : this.#withoutSession());
    return "ended";
  }

  async #loadMe(): Promise<Failure | null> {
    const epoch = this.#epoch;
    const outcome = await outcomeOf(this.api.GET("/api/auth/me"), parseMe);
    if (epoch !== this.#epoch) return null;
    if (!outcome.ok) return outcome.failure;
    this.#restoreAttempt = 0;
    this.#setState({ kind: "active", me: outcome.data });
    return null;
  }

  async #authorizedFetch(request: Request): Promise<Response> {
    const again = request.clone();
    if (this.#token === null || this.#expiresSoon(this.#token)) await this.refresh();
    const used = this.#token;
    if (used === null) throw new TypeError("no access token: the server cannot be reached");
    const response = await this.#deps.fetch(withToken(request, used.value));
    if (response.status !== 401) return response;
    // Another call may have refreshed while this one was under way; then its token is enough.
    if (this.#token === used) {
      const refreshed = await this.refresh();
      if (refreshed === "unreachable") throw new TypeError("the server cannot be reached");
    }
    if (this.#token === null) return response;
    return this.#deps.fetch(withToken(again, this.#token.value));
  }

  #expiresSoon(token: { expiresAtMs: number }): boolean {
    return this.#deps.monotonicMs() > token.expiresAtMs - renewAheadMs;
  }

  #keepToken(result: AccessToken): void {
    const expiresAtMs = this.#deps.monotonicMs() + result.expires_in * 1000;
    this.#token = { value: result.access_token, expiresAtMs };
  }

  #retryRestore(): void {
    this.#setState({ kind: "unreachable" });
    const delay = backoffMs(this.#restoreAttempt++, this.#deps.random());
    this.#retry = setTimeout(() => void this.restore(), delay);
  }

  #signOutLocally(reason: SignedOutReason): void {
    this.#epoch += 1;
    clearTimeout(this.#retry);
    this.#token = null;
    sessionHint.set(false);
    this.#setState({ kind: "signed_out", reason });
  }

  /** Another tab signed in or out: nothing of the previous user may stay on this page. */
  #restart(): void {
    this.#epoch += 1;
    this.#token = null;
    this.#refreshing = null;
    this.#setState({ kind: "restoring" });
  }

  #setState(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function withToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
