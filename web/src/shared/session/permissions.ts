import type { Role } from "../api/model";

/** Hides what the server would refuse; the server decides. */
export const mayCreateJobs = (role: Role): boolean => leads(role);

export const mayClaimDevices = (role: Role): boolean => leads(role);

export const mayManageRecordings = (role: Role): boolean => leads(role);

/** The servers are the platform's, not a workshop's. */
export const mayWatchServers = (role: Role): boolean => role === "super_admin";

const leads = (role: Role): boolean => role === "owner" || role === "manager";
