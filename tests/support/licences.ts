// The licence of a device, as the platform changes it.
import { eventually } from "./eventually.ts";
import { demo } from "./session.ts";

export interface Subscription {
  id: number;
  device_id: string;
  status: string;
  refusal: string | null;
  held_by_job: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: looked at by the tests
  [member: string]: any;
}

export async function subscriptionOf(device_id: string, by = "amit"): Promise<Subscription> {
  let path: string | undefined = "/api/subscriptions?limit=200";
  while (path !== undefined) {
    const answer = await (await demo(by)).get(path);
    const found = answer.json.find((one: Subscription) => one.device_id === device_id);
    if (found !== undefined) return found as Subscription;
    path = /<([^>]+)>/.exec(String(answer.headers.link))?.[1];
  }
  throw new Error(`${device_id} has no subscription`);
}

/** By the platform. */
export async function changeSubscription(device_id: string, change: object): Promise<Subscription> {
  const { id } = await subscriptionOf(device_id);
  const answer = await (await demo("platform")).patch(`/api/subscriptions/${id}`, change);
  if (answer.status !== 200) throw new Error(`subscription ${id}: ${answer.status} ${answer.text}`);
  return answer.json as Subscription;
}

export interface Violation {
  device_id: string;
  reason: string;
  messages: number;
  // biome-ignore lint/suspicious/noExplicitAny: looked at by the tests
  [member: string]: any;
}

/** Those of the device, once there are so many messages of this reason. */
export const violations = (
  device_id: string,
  reason: string,
  messages: number,
): Promise<Violation[]> =>
  eventually(`${messages} × "${reason}"`, async () => {
    const platform = await demo("platform");
    const found = (await platform.get(`/api/violations?device_id=${device_id}`)).json;
    const all = found.filter((one: Violation) => one.reason === reason) as Violation[];
    const sum = all.reduce((total, one) => total + one.messages, 0);
    if (sum !== messages) throw new Error(`there are ${sum}`);
    return all;
  });
