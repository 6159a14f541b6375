import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPortal } from "../../shared/testing/renderPortal";
import { LoginPage } from "./LoginPage";

const problem =
  (status: number, code: string, headers = {}) =>
  async () =>
    new Response(JSON.stringify({ status, code }), {
      status,
      headers: { "Content-Type": "application/problem+json", ...headers },
    });

function fillAndSubmit() {
  fireEvent.change(screen.getByTestId("login-username"), { target: { value: "owner1" } });
  fireEvent.change(screen.getByTestId("login-password"), { target: { value: "secret" } });
  fireEvent.click(screen.getByTestId("login-submit"));
}

test("missing fields are named at the field, and nothing is sent", () => {
  renderPortal(<LoginPage portal="customer" reason="none" />);
  fireEvent.click(screen.getByTestId("login-submit"));
  const username = screen.getByTestId("login-username");
  expect(username.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(username);
  expect(screen.getAllByRole("alert").map((alert) => alert.textContent)).toEqual([
    "Enter your username.",
    "Enter your password.",
  ]);
});

test.each([
  ["a wrong password", problem(401, "invalid_credentials"), "Username or password is not right."],
  [
    "a lockout",
    problem(429, "locked_out", { "Retry-After": "900" }),
    "Too many tries. Wait 15 min and try again.",
  ],
  [
    "an access that is over",
    problem(403, "forbidden"),
    "Your access has ended. A job can be seen until 30 days after its end.",
  ],
  [
    "no network",
    () => Promise.reject(new TypeError("network")),
    "No connection to the server. Check the network and try again.",
  ],
])("%s is told in plain words", async (_what, fetch, words) => {
  renderPortal(<LoginPage portal="console" reason="none" />, { fetch });
  fillAndSubmit();
  await waitFor(() => expect(screen.getByRole("alert").textContent).toBe(words));
});

test("an ended session is explained", () => {
  renderPortal(<LoginPage portal="console" reason="ended" />);
  expect(screen.getByRole("status").textContent).toBe(
    "Your session has ended. Please sign in again.",
  );
});

test("a link that is not valid any more is explained", () => {
  renderPortal(<LoginPage portal="customer" reason="link_invalid" />);
  expect(screen.getByRole("status").textContent).toMatch(/^This link is no longer valid\./);
});
