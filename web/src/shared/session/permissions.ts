import type { Role } from "../api/model";

/** Hides what the server would refuse; the server decides. */
export const mayCreateJobs = (role: Role): boolean => role === "owner" || role === "manager";
