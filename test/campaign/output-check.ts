/** Check e, and what else no output may show. */
import type { Ended } from "./process.ts";
import { secretsIn } from "./secrets.ts";

const EXIT_CODES = [0, 1, 2, 3, 4];

/** Secrets in what a process printed, each as a clause. */
export function findShownSecrets({ args, stdout, stderr }: Ended, tokens: Iterable<string>): readonly string[] {
  return secretsIn(`${stdout}\n${stderr}`, tokens).map((what) => `${what} is in the output of ${args.join(" ")}`);
}

/** Signs that the product itself is broken: it says so, it crashed, or it ended in a way that is not documented. */
export function findDefects({ args, code, stdout, stderr }: Ended): readonly string[] {
  const output = `${stdout}\n${stderr}`;
  const command = args.join(" ");
  const said = lineWith(output, /defect in cxone-gitops/) ?? lineWith(output, /^ {4}at .*:\d+:\d+\)?$/m);
  const wrongCode = code !== null && !EXIT_CODES.includes(code);
  return [
    ...(said === undefined ? [] : [`${command} printed: ${said}`]),
    ...(wrongCode ? [`${command} ended with ${code}`] : []),
    ...(code !== null && args.includes("json") && !isJson(stdout) ? [`${command} printed no JSON document`] : []),
  ];
}

function lineWith(output: string, pattern: RegExp): string | undefined {
  return output.split("\n").find((line) => pattern.test(line));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
