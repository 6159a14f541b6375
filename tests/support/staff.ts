// Accounts of staff, made by the API itself.
import { unique } from "./eventually.ts";
import { type Answer, call } from "./http.ts";
import { type SignedIn, signedIn, signIn } from "./session.ts";

export interface NewStaff {
  id: number;
  username: string;
  temporaryPassword: string;
}

/** With the temporary password still to be changed. */
export async function newStaff(
  by: SignedIn,
  role: "manager" | "operator",
  change: object = {},
): Promise<NewStaff> {
  const username = `${role}${unique()}`;
  const answer = await by.post("/api/staff", { username, display_name: username, role, ...change });
  if (answer.status !== 201) throw new Error(`new staff: ${answer.status} ${answer.text}`);
  const { staff, temporary_password } = answer.json;
  return { id: staff.id, username, temporaryPassword: temporary_password };
}

export const changePassword = (
  session: SignedIn,
  current_password: string,
  new_password: string,
): Promise<Answer> =>
  call("POST", "/api/auth/password", {
    token: session.token,
    body: { current_password, new_password },
  });

/** Somebody with a password of his own, signed in. */
export async function settled(staff: NewStaff): Promise<{ session: SignedIn; password: string }> {
  const password = `Own-choice-${unique()}`;
  const first = await signIn(staff.username, staff.temporaryPassword);
  const answer = await changePassword(first, staff.temporaryPassword, password);
  if (answer.status !== 200) throw new Error(`first password: ${answer.status} ${answer.text}`);
  return { session: signedIn(staff.username, answer), password };
}
