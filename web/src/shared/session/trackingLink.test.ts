import { afterEach, expect, test } from "vitest";
import { takeTrackingLink } from "./trackingLink";

afterEach(() => window.history.replaceState(null, "", "/"));

test("the token is taken out of the address", () => {
  window.history.replaceState(null, "", "/t/kq3-_x");
  expect(takeTrackingLink()).toBe("kq3-_x");
  expect(window.location.pathname).toBe("/");
  expect(takeTrackingLink()).toBeNull();
});

test.each(["/", "/t", "/t/", "/t/a/b", "/app/t/a"])("%s is no such link", (path) => {
  window.history.replaceState(null, "", path);
  expect(takeTrackingLink()).toBeNull();
  expect(window.location.pathname).toBe(path);
});
