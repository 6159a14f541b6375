import { act, screen, within } from "@testing-library/react";
import { Profiler } from "react";
import { expect, test, vi } from "vitest";
import type { Pit } from "../../shared/api/model";
import { renderPortal } from "../../shared/testing/renderPortal";
import {
  at,
  sampleJob,
  sampleNow,
  samplePit,
  sampleReading,
  waitingJob,
} from "../../shared/testing/samples";
import { PitCard } from "./PitCard";

const noAction = () => {};

function showCard(change: Partial<Pit>, onStartJob: ((id: number) => void) | null = noAction) {
  renderPortal(<PitCard pitId={3} onOpenPit={noAction} onStartJob={onStartJob} />, {
    pits: [samplePit(change)],
  });
  return screen.getByTestId("pit-card-3");
}

const levelOf = (quantity: string) =>
  screen.getByTestId(`pit-3-${quantity}`).closest("li")?.getAttribute("data-level");

test("a busy pit shows car, plate, countdown, stage and readings", () => {
  const card = showCard({});
  expect(within(card).getByText("Tata Harrier")).toBeTruthy();
  expect(card.textContent).toContain("DL 01 AB 1234 · Full PPF");
  expect(screen.getByTestId("pit-3-countdown").textContent).toBe("2:00:00");
  expect(screen.getByTestId("pit-3-stage").textContent).toBe("PPF installation");
  expect(screen.getByTestId("pit-3-temperature").textContent).toBe("24.5");
  expect(screen.getByTestId("pit-3-humidity").textContent).toBe("55");
  expect(screen.getByTestId("pit-3-aqi").textContent).toBe("44");
  expect(card.dataset.urgency).toBe("none");
  expect(within(card).getByRole("img", { name: "Working on it: Ishan Arora" })).toBeTruthy();
});

test("a pit over its estimate is urgent and says by how much", () => {
  const card = showCard({ job: sampleJob({ estimated_end_time: at(-18 * 60_000) }) });
  expect(card.dataset.urgency).toBe("bad");
  expect(screen.getByTestId("pit-3-countdown").textContent).toBe("+0:18:00");
  expect(card.textContent).toContain("over estimate");
});

test("poor air during work is urgent; in a free pit it is not", () => {
  const latest = sampleReading({ aqi: 168 });
  expect(showCard({ latest }).dataset.urgency).toBe("bad");
  expect(levelOf("aqi")).toBe("poor");
});

test("poor air in a free pit is shown, but needs nobody", () => {
  expect(showCard({ latest: sampleReading({ aqi: 168 }), job: null }).dataset.urgency).toBe("none");
  expect(levelOf("aqi")).toBe("poor");
});

test("a free pit offers to start a job there", () => {
  const onStartJob = vi.fn();
  const card = showCard({ job: null }, onStartJob);
  within(card).getByRole("button", { name: "Start job in Pit 3" }).click();
  expect(onStartJob).toHaveBeenCalledWith(3);
});

test("who may not create jobs is not offered to", () => {
  expect(within(showCard({ job: null }, null)).queryByRole("button")).toBeNull();
});

test("a completed job leaves the pit free", () => {
  expect(showCard({ job: sampleJob({ status: "completed" }) }).textContent).toContain("Free");
});

test("an offline device is told with its time, and its old values are not judged", () => {
  const card = showCard({
    device: { device_id: "PV-3", status: "offline", last_seen: at(-4 * 60_000) },
    latest: sampleReading({ timestamp: at(-4 * 60_000) }),
  });
  expect(card.dataset.urgency).toBe("warn");
  expect(card.textContent).toContain("Sensor offline 4 min");
  expect(levelOf("temperature")).toBe("stale");
});

test("a stale reading says how old it is", () => {
  const card = showCard({ latest: sampleReading({ timestamp: at(-40_000) }) });
  expect(card.textContent).toContain("40 s old");
  expect(card.dataset.urgency).toBe("warn");
});

test("a pit without camera says so without alarm; an offline camera is one", () => {
  expect(showCard({ camera: { model: null, status: "none", since: null } }).textContent).toContain(
    "Camera not connected",
  );
  expect(screen.getByTestId("pit-card-3").dataset.urgency).toBe("none");
});

test("an offline camera needs attention", () => {
  const card = showCard({ camera: { model: null, status: "offline", since: null } });
  expect(card.textContent).toContain("Camera offline");
  expect(card.dataset.urgency).toBe("warn");
});

test("a pit without device or reading shows dashes", () => {
  const card = showCard({ device: null, latest: null });
  expect(screen.getByTestId("pit-3-aqi").textContent).toBe("–");
  expect(card.textContent).toContain("No sensor");
});

test.each([
  ["waiting to start", waitingJob()],
  ["on hold", sampleJob({ status: "on_hold" })],
  ["no ready time", sampleJob({ estimated_end_time: null })],
])("a job without countdown says: %s", (words, job) => {
  showCard({ job });
  expect(screen.getByTestId("pit-3-countdown").textContent).toBe(words);
});

test("a pit in maintenance offers no job", () => {
  const card = showCard({ status: "maintenance", job: null });
  expect(card.textContent).toContain("In maintenance");
  expect(within(card).queryByRole("button")).toBeNull();
});

test("a card renders again only for its own pit, and not for passing seconds", () => {
  vi.useFakeTimers({ now: sampleNow });
  const renders: Record<string, number> = { "1": 0, "2": 0 };
  const count = (id: string) => () => {
    renders[id] = (renders[id] ?? 0) + 1;
  };
  const { live } = renderPortal(
    [1, 2].map((id) => (
      <Profiler key={id} id={String(id)} onRender={count(String(id))}>
        <PitCard pitId={id} onOpenPit={noAction} onStartJob={noAction} />
      </Profiler>
    )),
    {
      pits: [1, 2].map((id) => samplePit({ id, job: null })),
      nowMs: Date.now,
    },
  );
  const before = { ...renders };
  act(() => {
    const reading = sampleReading({ pit_id: 2, temperature: 25, timestamp: at(1000) });
    live.store.apply({ event: "sensor_update", sentAt: at(1000), reading });
  });
  expect(renders["2"]).toBe((before["2"] ?? 0) + 1);
  expect(renders["1"]).toBe(before["1"]);
  act(() => vi.advanceTimersByTime(5000));
  expect(renders["1"]).toBe(before["1"]);
});
