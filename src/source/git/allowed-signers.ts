/**
 * Which lines of an allowed signers' file let somebody sign today. ssh-keygen looks at `valid-after` and `valid-before` at the time that git
 * gives it, and that is the commit's own date, which its maker chooses: whoever has a key that has expired dates his commits back.
 */

/** A line's options are a list with commas, each value in quotes; times are `YYYYMMDD[HHMM[SS]]`, local unless a `Z` follows. */
const LIMIT = /\bvalid-(after|before)=("(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?"(?=[,\s]))?/gi;

/** The file without the lines that are out of their time at `now`, milliseconds since the epoch; undefined when there are none. */
export function withoutExpired(text: string, now: number): string | undefined {
  const lines = text.split("\n");
  const valid = lines.filter((line) => isValid(line, now));
  return valid.length === lines.length ? undefined : valid.join("\n");
}

/** A limit that cannot be read is taken for one that is over. */
function isValid(line: string, now: number): boolean {
  if (/^\s*#/.test(line)) return true;
  return [...line.matchAll(LIMIT)].every(([, which = "", value, ...parts]) => {
    if (value === undefined) return false;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
      .slice(0, 6)
      .map((part) => Number(part ?? 0));
    const isUtc = parts[6] !== undefined;
    const at = isUtc
      ? Date.UTC(year, month - 1, day, hour, minute, second)
      : new Date(year, month - 1, day, hour, minute, second).getTime();
    return which.toLowerCase() === "before" ? now <= at : now >= at;
  });
}
