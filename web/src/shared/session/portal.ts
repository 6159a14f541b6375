import type { Role } from "../api/model";

export type Portal = "customer" | "console";

export const portalPath: Record<Portal, string> = { customer: "/", console: "/app" };

/** Of the console: the platform's page, and a workshop's second one. */
export const serversPath = "/app/servers";
export const recordingsPath = "/app/recordings";

export const portalOf = (role: Role): Portal => (role === "customer" ? "customer" : "console");
