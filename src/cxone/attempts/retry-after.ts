/** Longer waits are taken for nonsense: a run should not sleep for a day on one header's word. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

const SECONDS = /^\d+(\.\d+)?$/;
/** An HTTP date begins with a weekday; without this check `Date.parse` would accept `-5` or `7 apples` as a date. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;
/** The asctime form has no zone and means UTC (RFC 9110, section 5.6.7). */
const ASCTIME = /^\w{3} \w{3} [\d ]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now`: whole seconds, a fraction of seconds (some
 * gateways send one, though the RFC knows none) or an HTTP date. A date that has passed is 0. Absent or not understood:
 * undefined, and the caller falls back to its own back-off. Never more than an hour.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  const wait = SECONDS.test(text) ? Math.ceil(Number(text) * 1000) : parseHttpDate(text, now);
  if (wait === undefined) return undefined;
  return Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS);
}

/** Milliseconds from `now` to an HTTP date, negative when it has passed; undefined for what is none. */
export function parseHttpDate(text: string, now: number): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  const time = Date.parse(ASCTIME.test(text) ? `${text} GMT` : text);
  return Number.isNaN(time) ? undefined : time - now;
}
