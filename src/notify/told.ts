import type { Notification, Receiver } from "../model/notification.ts";

/** Which edits each receiver has taken the message of, so that a process which looks again and again does not say again what stays. */
export interface Told {
  has(receiver: Receiver, notification: Notification): boolean;
  /** Notes what a receiver has taken. What is no message about edits is told once anyway. */
  add(receiver: Receiver, notification: Notification): void;
  /** Nothing is edited on the tenant any more: the same edit would be news again. */
  forget(tenant: string): void;
}

/** For each receiver and tenant. One that changes back and forth among more states than these is told of the oldest again. */
const MOST_IDS = 100;
/** Of pairs of receiver and tenant: URLs that come from files may change as long as a process lives. */
const MOST_PAIRS = 1_000;

export function openTold(): Told {
  const byPair = new Map<string, { readonly tenant: string; readonly ids: Set<string> }>();
  const isKept = ({ type }: Notification) => type === "drift.found";
  return {
    has: (receiver, notification) =>
      isKept(notification) && (byPair.get(pairOf(receiver, notification))?.ids.has(notification.id) ?? false),
    add(receiver, notification) {
      if (!isKept(notification)) return;
      const pair = pairOf(receiver, notification);
      const { tenant } = notification.data;
      const { ids } = byPair.get(pair) ?? { ids: new Set<string>() };
      byPair.delete(pair);
      byPair.set(pair, { tenant, ids: ids.add(notification.id) });
      dropOldest(ids, MOST_IDS);
      dropOldest(byPair, MOST_PAIRS);
    },
    forget(tenant) {
      for (const [pair, one] of byPair) if (one.tenant === tenant) byPair.delete(pair);
    },
  };
}

function pairOf({ url, format }: Receiver, { data }: Notification): string {
  return JSON.stringify([url, format, data.tenant]);
}

/** Sets and maps keep the order in which was added. */
function dropOldest<K>(
  kept: { readonly size: number; keys(): Iterator<K>; delete(key: K): boolean },
  most: number,
): void {
  if (kept.size <= most) return;
  const { value, done } = kept.keys().next();
  if (done !== true) kept.delete(value);
}
