import type { Role } from "../api/model";

/** Hides what the server would refuse; the server decides. */
export const mayCreateJobs = (role: Role): boolean => leads(role);

export const mayClaimDevices = (role: Role): boolean => leads(role);

const leads = (role: Role): boolean => role === "owner" || role === "manager";
