// Signed-in people.
import { createHmac } from "node:crypto";
import { type Answer, type Call, call } from "./http.ts";
import { loginOf, secret } from "./stack.ts";

export interface SignedIn {
  username: string;
  token: string;
  refreshCookie: string;
  get: (path: string) => Promise<Answer>;
  post: (path: string, body?: unknown) => Promise<Answer>;
  patch: (path: string, body?: unknown) => Promise<Answer>;
  put: (path: string, body?: unknown) => Promise<Answer>;
  del: (path: string) => Promise<Answer>;
}

export const tryLogin = (username: string, password: string, options: Call = {}): Promise<Answer> =>
  call("POST", "/api/auth/login", { ...options, body: { username, password } });

/** With a code of the authenticator, or a recovery code. */
export const tryLoginWithCode = (
  username: string,
  password: string,
  totp_code: string,
  options: Call = {},
): Promise<Answer> =>
  call("POST", "/api/auth/login", { ...options, body: { username, password, totp_code } });

/** The value of the refresh cookie that an answer sets. */
export function refreshCookieOf(answer: Answer): string {
  const header = (answer.headers["set-cookie"] ?? []).find((one) =>
    one.startsWith("pitview_refresh="),
  );
  const value = /^pitview_refresh=([^;]+)/.exec(header ?? "")?.[1];
  if (value === undefined) throw new Error("The answer sets no refresh cookie.");
  return value;
}

export async function signIn(username: string, password: string): Promise<SignedIn> {
  const answer = await tryLogin(username, password);
  if (answer.status !== 200)
    throw new Error(`login of ${username}: ${answer.status} ${answer.text}`);
  return signedIn(username, answer);
}

/** Who an answer of login, refresh or a change of the password has signed in. */
export function signedIn(username: string, answer: Answer): SignedIn {
  const token = answer.json.access_token as string;
  return {
    username,
    token,
    refreshCookie: refreshCookieOf(answer),
    get: (path) => call("GET", path, { token }),
    post: (path, body) => call("POST", path, { token, body }),
    patch: (path, body) => call("PATCH", path, { token, body }),
    put: (path, body) => call("PUT", path, { token, body }),
    del: (path) => call("DELETE", path, { token }),
  };
}

/** Demo users are signed in once per test file. */
const known = new Map<string, Promise<SignedIn>>();
export function demo(username: string): Promise<SignedIn> {
  let session = known.get(username);
  if (session === undefined) {
    session = signIn(username, loginOf(username).password);
    known.set(username, session);
  }
  return session;
}

/** What an access token says. */
export const claimsOf = (token: string): { sub: number; wid: number; sid: number; role: string } =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));

const base64Url = (text: string) => Buffer.from(text).toString("base64url");

/** The payload of an access token, changed, and signed with this algorithm and key. */
export function forge(token: string, change: object, alg = "HS256", key?: Buffer): string {
  const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  const head = base64Url(JSON.stringify({ alg, typ: "JWT" }));
  const body = base64Url(JSON.stringify({ ...payload, ...change }));
  const signature =
    alg === "none"
      ? ""
      : createHmac(alg === "HS512" ? "sha512" : "sha256", key ?? Buffer.alloc(32, 7))
          .update(`${head}.${body}`)
          .digest("base64url");
  return `${head}.${body}.${signature}`;
}

/** As `forge`, with the server's own key: what the server itself would have signed. */
export const resign = (token: string, change: object): string =>
  forge(token, change, "HS256", Buffer.from(secret("jwt_secret"), "hex"));
