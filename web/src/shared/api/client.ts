import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema";

/** Typed requests, as the server describes them; answers go through the readers of model.ts. */
export type Api = Client<paths>;

export type JobRequest = components["schemas"]["JobCreate"];

/** Calls to the own origin; `fetchRequest` decides about tokens and deadlines. */
export function createApi(fetchRequest: (request: Request) => Promise<Response>): Api {
  return createClient<paths>({ baseUrl: window.location.origin, fetch: fetchRequest });
}
