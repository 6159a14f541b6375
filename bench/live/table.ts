// The figures of a run as Markdown that reads well in a terminal too.

import { type Conditions, sentenceOf } from "../support/conditions.ts";
import type { PageFigures } from "./browser.ts";
import type { Percentiles, Report } from "./report.ts";

const count = (value: number) => value.toLocaleString("en-US");
const ms = (us: number) => (us / 1000).toFixed(2);
const wholeMs = (us: number) => (us / 1000).toFixed(0);
const share = (value: number) => value.toFixed(2);

const columns = ["p50_us", "p99_us", "p999_us", "max_us"] as const;
type Row = string[];

const latencies = (name: string, latency: Percentiles, format = ms): Row => [
  name,
  ...columns.map((column) => (latency.samples === 0 ? "–" : format(latency[column]))),
  count(latency.samples),
];

const ratio = (name: string, ours: Percentiles, limit: Percentiles): Row => [
  name,
  ...columns.map((column) =>
    limit[column] > 0 ? `${(ours[column] / limit[column]).toFixed(1)} ×` : "–",
  ),
  "",
];

function table(head: Row, rows: Row[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

const latencyHead: Row = ["ms", "p50", "p99", "p99.9", "max", "samples"];

/** Sentences about what should not be; none when all is well. */
function complaintsOf(report: Report): string[] {
  const { sent, confirmed, stored, refused, broker, live } = report;
  const complaints: string[] = [];
  const say = (wrong: boolean, sentence: string) => wrong && complaints.push(sentence);
  say(
    confirmed < sent,
    `${count(sent - confirmed)} messages were not confirmed by Mosquitto (${report.first_failure}).`,
  );
  say(broker.missing > 0, `${count(broker.missing)} messages did not reach the MQTT subscriber.`);
  say(live.missing > 0, `${count(live.missing)} messages did not reach the WebSocket.`);
  say(report.live_lost !== "", `The WebSocket was lost: ${report.live_lost}.`);
  say(live.again > 0, `${count(live.again)} messages came over the WebSocket twice.`);
  say(stored < sent, `${count(sent - stored)} messages were not in the database 20 s later.`);
  say(refused > 0, `${count(refused)} messages were refused by the server.`);
  return complaints;
}

function processors(report: Report): string {
  const { server, mosquitto, postgres, bench, others, stolen } = report.cpu;
  return [
    table(
      ["cores used", "server", "Mosquitto", "PostgreSQL", "this benchmark", "all else", "stolen"],
      [["", ...[server, mosquitto, postgres, bench, others, stolen].map(share)]],
    ),
    `\nServer: ${report.server_us_per_message.toFixed(1)} µs of processor time per message` +
      ` (receiving, checking, storing, sending to one WebSocket or two).`,
  ].join("\n");
}

function delivery(report: Report): string {
  const { sent, broker, live, stored, generator_late: late } = report;
  return (
    `Sent ${count(sent)} with the warm-up; received ${count(broker.received)} by MQTT and ` +
    `${count(live.received)} by WebSocket; in the database ${count(stored)}. ` +
    `The sender was late by ${ms(late.p50_us)} ms (p50), ${ms(late.p99_us)} (p99), ${ms(late.max_us)} (max), ` +
    "which is part of every latency."
  );
}

function alone(report: Report): string {
  return [
    table(latencyHead, [
      latencies("Mosquitto: publish → MQTT subscriber", report.broker.latency),
      latencies("PitView: publish → WebSocket", report.live.latency),
      ratio("PitView / Mosquitto", report.live.latency, report.broker.latency),
      latencies("the same message later by", report.added),
    ]),
    delivery(report),
    processors(report),
    ...complaintsOf(report),
  ].join("\n\n");
}

function withBrowser(report: Report, page: PageFigures): string {
  const closed =
    page.closed.length === 0 ? [] : [`The page's connection ended: ${page.closed.join(", ")}.`];
  const missing =
    page.missing === 0 ? [] : [`${count(page.missing)} messages did not reach the page.`];
  return [
    "The same once more with the owner's page open in headless Chromium on this machine (page: whole ms):",
    table(latencyHead, [
      latencies("Mosquitto: publish → MQTT subscriber", report.broker.latency),
      latencies("PitView: publish → WebSocket", report.live.latency),
      latencies("PitView: publish → message in the page", page.received, wholeMs),
      latencies("PitView: publish → numbers of pit 1 drawn", page.onScreen, wholeMs),
      ratio("page / Mosquitto", page.received, report.broker.latency),
    ]),
    delivery(report),
    processors(report),
    ...complaintsOf(report),
    ...missing,
    ...closed,
  ].join("\n\n");
}

export interface Runs {
  alone: Report;
  browser: { report: Report; page: PageFigures } | null;
}

export const isComplete = ({ alone: first, browser }: Runs): boolean =>
  complaintsOf(first).length === 0 &&
  (browser === null || (complaintsOf(browser.report).length === 0 && browser.page.missing === 0));

/** Above this share of a core the run was not alone on the machine. */
const quietShare = 0.1;

export function markdown(conditions: Conditions, runs: Runs): string {
  const { rate, seconds, cpu: used } = runs.alone;
  const disturbed = used.others + used.stolen;
  return [
    `## live: ${count(rate)} messages/s for ${seconds} s, ${conditions.date}`,
    `${sentenceOf(conditions)} ` +
      "Broker, server, database, sender and receivers on this one machine.",
    ...(disturbed > quietShare
      ? [`Provisional: other work took ${share(disturbed)} cores during the first run.`]
      : []),
    alone(runs.alone),
    ...(runs.browser === null ? [] : [withBrowser(runs.browser.report, runs.browser.page)]),
  ].join("\n\n");
}
