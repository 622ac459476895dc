/** What a run cost is another with every run; where it is not the subject, it is left out. */
const LINE = /^[\w.-]+: \d+ requests? in \d.*\n/gm;

/** What a run said on stderr, but for the line on its requests. */
export function withoutCost(stderr: string): string {
  return stderr.replace(LINE, "");
}

/** What a run printed as JSON, but for `requests`. */
export function documentWithoutCost(stdout: string): object {
  const { requests: _, ...document } = JSON.parse(stdout);
  return document;
}
