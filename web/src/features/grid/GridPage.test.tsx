import { act, fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPortal } from "../../shared/testing/renderPortal";
import { at, sampleJob, sampleNow, samplePit } from "../../shared/testing/samples";
import { GridPage } from "./GridPage";
import { idsByUrgency, summaryOf } from "./pitCondition";

const page = <GridPage onOpenPit={() => {}} onStartJob={() => {}} />;
const late = samplePit({
  id: 2,
  job: sampleJob({ pit_id: 2, pit_number: 2, estimated_end_time: at(-5000) }),
});
const cards = () => screen.queryAllByRole("article").map((card) => card.dataset.testid);

test("before the first snapshot the grid is loading, and after failures it says why", () => {
  const { live } = renderPortal(page);
  expect(screen.getByText("Loading…")).toBeTruthy();
  act(() => live.store.setConnection({ failures: 2 }));
  expect(screen.getByRole("alert").textContent).toContain("No connection to the server");
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

test("a workshop without pits is told so", () => {
  renderPortal(page, { pits: [] });
  expect(screen.getByText("No pits yet")).toBeTruthy();
});

test("an account without access sees no pits", () => {
  const { live } = renderPortal(page, { pits: [late] });
  act(() => live.store.setConnection({ state: "forbidden" }));
  expect(cards()).toEqual([]);
  expect(screen.getByText("Nothing to see here with this account")).toBeTruthy();
});

test("the filter leaves the pits that need attention", () => {
  renderPortal(page, { pits: [samplePit({ id: 1 }), late] });
  expect(cards()).toEqual(["pit-card-1", "pit-card-2"]);
  fireEvent.click(screen.getByRole("radio", { name: /Needs attention/ }));
  expect(cards()).toEqual(["pit-card-2"]);
});

test("with nothing wrong, the attention filter says that all is well", () => {
  renderPortal(page, { pits: [samplePit({ id: 1 })] });
  fireEvent.click(screen.getByRole("radio", { name: /Needs attention/ }));
  expect(screen.getByText("All pits are fine")).toBeTruthy();
});

test("the connection state is shown, with a sentence when it is lost for longer", () => {
  const noMatch = { matches: false, addEventListener() {}, removeEventListener() {} };
  vi.spyOn(window, "matchMedia").mockReturnValue(noMatch as unknown as MediaQueryList);
  const { live } = renderPortal(page, { pits: [late] });
  const badge = () => screen.getByTestId("connection-state").dataset.state;
  expect(badge()).toBe("live");
  act(() => live.store.setConnection({ state: "reconnecting", failures: 1 }));
  expect(badge()).toBe("reconnecting");
  expect(document.querySelector("[data-feed]")?.getAttribute("data-feed")).toBe("stale");
  expect(screen.queryByText(/Connection lost/)).toBeNull();
  act(() => live.store.setConnection({ failures: 2 }));
  expect(screen.getByText(/Connection lost/)).toBeTruthy();
  expect(cards()).toEqual(["pit-card-2"]);
});

test("the figures count pits in work, free, due and over time", () => {
  const soon = samplePit({
    id: 4,
    job: sampleJob({ pit_id: 4, estimated_end_time: at(1_800_000) }),
  });
  const free = samplePit({ id: 5, job: null });
  const closed = samplePit({ id: 6, job: null, status: "maintenance" });
  expect(summaryOf([samplePit({ id: 1 }), late, soon, free, closed], sampleNow)).toEqual({
    total: 5,
    attention: 1,
    inWork: 3,
    free: 1,
    dueSoon: 1,
    overTime: 1,
  });
});

test("urgent pits come first in one column", () => {
  const offline = samplePit({ id: 3, camera: { model: null, status: "offline", since: null } });
  expect(idsByUrgency([samplePit({ id: 1 }), offline, late], sampleNow)).toEqual([2, 3, 1]);
});
