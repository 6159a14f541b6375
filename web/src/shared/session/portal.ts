import type { Role } from "../api/model";

export type Portal = "customer" | "console";

export const portalPath: Record<Portal, string> = { customer: "/", console: "/app" };

/** Of the console; the only path below /app that means something of its own. */
export const serversPath = "/app/servers";

export const portalOf = (role: Role): Portal => (role === "customer" ? "customer" : "console");
