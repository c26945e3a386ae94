import type { ConnectionAck, ServerEvent } from "../protocol/generated";
import { Store, type Signal } from "./store";

/** ISO 4217 for no currency: nothing has a price. */
export const NO_CURRENCY = "XXX";

/** What costs are told in, as the newest connection was greeted; an app older than this page does not say. */
export function currencyOf(events: Signal<ServerEvent>): Store<string> {
  const currency = new Store(NO_CURRENCY);
  events.on((event) => {
    if (event.type === "connection.ack") currency.set(toldIn(event));
  });
  return currency;
}

function toldIn({ currency = NO_CURRENCY }: Partial<ConnectionAck>): string {
  return currency;
}
