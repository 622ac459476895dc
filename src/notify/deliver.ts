import pLimit from "p-limit";
import { backoffAfter } from "../cxone/attempts/backoff.ts";
import { parseRetryAfter } from "../cxone/attempts/retry-after.ts";
import { type Exchange, Transport } from "../cxone/wire/transport.ts";
import type { Clock } from "../engine/ports.ts";
import type { Notification, NotificationType, Receiver } from "../model/notification.ts";
import { writeBody } from "./body.ts";
import { signMessage } from "./sign.ts";
import type { Told } from "./told.ts";

const TIMEOUT_MS = 5_000;
const BACKOFF = { attempts: 3, baseMs: 500, capMs: 4_000, budgetMs: 0 };
/** For all messages to all receivers together: a run has ended, and waits for nothing else. */
const ALL_MS = 30_000;
const NO_TIME = `the ${ALL_MS / 1000} seconds for notifications were over`;
/** Nobody waits longer than this for a message to go out. */
const LONGEST_WAIT_MS = 10_000;
/** After the first signal, what is under way gets this long. */
const LAST_MOMENT_MS = 1_000;
/** To one receiver. Slack takes about one message a second. */
const SIDE_BY_SIDE = { standard: 4, slack: 1 } as const;

export interface Delivery {
  readonly receivers: readonly Receiver[];
  readonly notifications: readonly Notification[];
  /** What was delivered before is not sent again; what is taken is added. */
  readonly told: Told;
  readonly clock: Clock;
  /** When it fires, nothing new is tried, and what is under way is cut off a moment later. */
  readonly stop: AbortSignal;
  readonly mask: (text: string) => string;
  readonly userAgent: string;
  readonly onResult: (type: NotificationType, result: "sent" | "failed") => void;
}

/** A receiver that did not take all that was meant for it. Names its host only: the rest of a URL may be a token. */
export interface Undelivered {
  readonly host: string;
  readonly failed: number;
  readonly of: number;
  /** The end of a sentence: `it answered 500`. Of the first message that failed. */
  readonly why: string;
}

/**
 * Sends every receiver what it asked for. At most 3 attempts for each message, 5 s each, and 30 s for everything; a receiver that did not
 * answer one message in all of its attempts is asked no more. Never throws.
 */
export async function deliver(delivery: Delivery): Promise<readonly Undelivered[]> {
  const transport = new Transport(delivery.userAgent);
  const cut = cutSoonAfter(delivery.stop, transport);
  const way: Way = { transport, until: delivery.clock.now() + ALL_MS };
  try {
    const sent = await Promise.all(delivery.receivers.map((receiver) => tell(receiver, delivery, way)));
    return sent.flatMap((one) => one ?? []);
  } finally {
    cut.end();
    transport.close();
  }
}

interface Way {
  readonly transport: Transport;
  /** When all must be over, milliseconds since the epoch. */
  readonly until: number;
}

function cutSoonAfter(stop: AbortSignal, transport: Transport): { end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const onStop = () => {
    timer = setTimeout(() => transport.close(), LAST_MOMENT_MS);
  };
  if (stop.aborted) onStop();
  else stop.addEventListener("abort", onStop, { once: true });
  return {
    end() {
      clearTimeout(timer);
      stop.removeEventListener("abort", onStop);
    },
  };
}

async function tell(receiver: Receiver, delivery: Delivery, way: Way): Promise<Undelivered | undefined> {
  const meant = delivery.notifications.filter(
    (one) => receiver.types.includes(one.type) && !delivery.told.has(receiver, one),
  );
  const limit = pLimit(SIDE_BY_SIDE[receiver.format]);
  const reasons: string[] = [];
  let isLost = false;
  const sendOne = async (notification: Notification) => {
    const result = isLost ? { isTaken: false, isLost, why: "" } : await send(notification, receiver, delivery, way);
    isLost ||= result.isLost;
    if (result.isTaken) delivery.told.add(receiver, notification);
    else reasons.push(result.why);
    delivery.onResult(notification.type, result.isTaken ? "sent" : "failed");
  };
  await Promise.all(meant.map((notification) => limit(() => sendOne(notification))));
  const [why] = reasons;
  return why === undefined ? undefined : { host: receiver.host, failed: reasons.length, of: meant.length, why };
}

interface Sent {
  readonly isTaken: boolean;
  /** True when nothing is to be hoped for from this receiver any more. */
  readonly isLost: boolean;
  readonly why: string;
}

async function send(
  notification: Notification,
  receiver: Receiver,
  { clock, stop, mask }: Delivery,
  { transport, until }: Way,
): Promise<Sent> {
  const body = writeBody(notification, receiver.format, mask);
  for (let attempt = 1; ; attempt += 1) {
    const at = clock.now();
    if (at >= until) return { isTaken: false, isLost: true, why: NO_TIME };
    const headers = {
      "content-type": "application/json",
      ...signMessage({ id: notification.id, at, body, secret: receiver.secret }),
    };
    const timeoutMs = Math.min(TIMEOUT_MS, until - at);
    const request = { method: "POST", url: receiver.url, headers, body, timeoutMs } as const;
    const exchange = await transport.exchange(request);
    if (exchange.answered && exchange.status >= 200 && exchange.status < 300) {
      return { isTaken: true, isLost: false, why: "" };
    }
    const why = exchange.answered ? `it answered ${exchange.status}` : exchange.why;
    const waitMs = waitAfter(exchange, attempt, clock);
    // A message that was refused says nothing about the next one; a receiver that is not there does.
    if (waitMs === undefined) return { isTaken: false, isLost: !exchange.answered, why };
    const waitsTooLong = waitMs > LONGEST_WAIT_MS || clock.now() + waitMs >= until;
    if (attempt >= BACKOFF.attempts || stop.aborted || waitsTooLong) {
      return { isTaken: false, isLost: true, why };
    }
    await clock.sleep(waitMs);
  }
}

/** undefined where another attempt would end the same. */
function waitAfter(exchange: Exchange, attempt: number, clock: Clock): number | undefined {
  const backoffMs = backoffAfter(attempt, BACKOFF, clock.random());
  if (!exchange.answered) return exchange.permanent ? undefined : backoffMs;
  if (exchange.status !== 429 && exchange.status !== 408 && exchange.status < 500) return undefined;
  return parseRetryAfter(exchange.retryAfter, clock.now()) ?? backoffMs;
}
