import { screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Me } from "../shared/api/model";
import { renderPortal, sampleMe } from "../shared/testing/renderPortal";
import { sampleReport } from "../shared/testing/samples";
import { ConsolePage } from "./ConsolePage";

const platform: Me = { ...sampleMe, role: "super_admin", workshop_id: null, workshop: null };

afterEach(() => window.history.replaceState(null, "", "/"));

/** The console at this path; returns the paths that were asked for. */
function show(path: string, me: Me): string[] {
  window.history.replaceState(null, "", path);
  const asked: string[] = [];
  const fetch = async ({ url }: Request): Promise<Response> => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    const token = { access_token: "t", expires_in: 900 };
    return new Response(JSON.stringify(pathname.endsWith("refresh") ? token : [sampleReport()]));
  };
  renderPortal(<ConsolePage />, { me, fetch, pits: [] });
  return asked;
}

test.each(["/app", "/app/servers"])("the platform's admin sees the servers at %s", async (path) => {
  show(path, platform);
  expect(await screen.findByTestId("server-main")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Servers" }).getAttribute("href")).toBe("/app/servers");
  expect(screen.queryByRole("button", { name: "New job" })).toBeNull();
});

test.each(["owner", "manager", "operator"] as const)(
  "%s sees the pits, and nothing of the servers",
  (role) => {
    const me = { ...sampleMe, role };
    show("/app", me);
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Live pits");
    expect(screen.queryByText("Servers")).toBeNull();
  },
);

test("who types the servers' address without the right is told, and shown the way back", () => {
  const asked = show("/app/servers", sampleMe);
  expect(screen.getByRole("heading").textContent).toBe("Nothing to see here with this account");
  expect(screen.getByRole("link", { name: "Go to my page" }).getAttribute("href")).toBe("/app");
  expect(asked).toEqual([]);
});
