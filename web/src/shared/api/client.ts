import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Pit = Schemas["Pit"];
export type Reading = Schemas["Reading"];
export type Job = Schemas["Job"];
export type JobStage = Job["stages"][number];
export type JobStatus = Job["status"];
export type Me = Schemas["Me"];
export type LoginResult = Schemas["LoginResult"];
export type Role = Me["role"];

export type Api = Client<paths>;

/** Typed HTTP calls to the own origin; `fetchRequest` decides about tokens and deadlines. */
export function createApi(fetchRequest: (request: Request) => Promise<Response>): Api {
  return createClient<paths>({ baseUrl: window.location.origin, fetch: fetchRequest });
}
