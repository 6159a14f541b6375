import type { Role } from "../api/model";

export type Portal = "customer" | "console";

export const portalPath: Record<Portal, string> = { customer: "/", console: "/app" };

export const portalOf = (role: Role): Portal => (role === "customer" ? "customer" : "console");
