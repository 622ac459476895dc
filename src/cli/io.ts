import { EXIT, GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import type { Secrets } from "../model/secrets.ts";
import { type Paint, plainPaint, terminalPaint } from "../render/paint.ts";
import { openStatusLine, type StatusLine } from "./progress.ts";

/** The world outside a command: where it runs and where it writes. Whatever it writes is masked first. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: Secrets;
  /** True when a person can be asked: both ends are terminals. */
  readonly canAsk: boolean;
  readonly paint: Paint;
  /** For progress, where there is a terminal that can show it. */
  readonly status?: StatusLine | undefined;
  /** Results. */
  print(text: string): void;
  /** Results whose texts have been masked one by one. */
  printMasked(text: string): void;
  /** Progress, warnings, questions. */
  say(text: string): void;
}

export interface IoOptions {
  readonly secrets: Secrets;
  readonly noColor: boolean;
}

/** The real one. Colours go to terminals only, and never when NO_COLOR or --no-color says so. */
export function openIo({ secrets, noColor }: IoOptions): Io {
  const isColourful = process.stdout.isTTY === true && !noColor && !process.env["NO_COLOR"];
  process.stdout.on("error", makeReportLostOutput());
  // Where nothing can be said any more, the exit code still tells.
  process.stderr.on("error", () => {});
  const status = openStatusLine(process.stderr, process.env);
  const write = (stream: NodeJS.WriteStream, text: string) => {
    status?.clear();
    stream.write(text);
  };
  return {
    cwd: process.cwd(),
    env: process.env,
    secrets,
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    paint: isColourful ? terminalPaint : plainPaint,
    status,
    print: (text) => write(process.stdout, secrets.mask(text)),
    printMasked: (text) => write(process.stdout, text),
    say: (text) => write(process.stderr, secrets.mask(text)),
  };
}

/**
 * A result that cannot be printed (a full disk) must not look like a result. A run that writes goes on to its end: to stop it half way
 * would be worse. A reader that closes the pipe early (`| head`) is no error of ours.
 */
function makeReportLostOutput(): (error: Error) => void {
  let isReported = false;
  return (error) => {
    if (isReported || systemCodeOf(error) === "EPIPE") return;
    isReported = true;
    const { code, message, hint } = new GitopsError(
      "output/unwritable",
      `the output could not be written: ${messageOf(error)}`,
      {
        hint: "Send the output to another place, or make room there. What a run has written to the tenant stays written.",
      },
    );
    process.stderr.write(`error: ${message} (${code})\n    ${hint}\n`);
    process.once("exit", (code) => {
      if (code === EXIT.ok || code === EXIT.pending) process.exitCode = EXIT.error;
    });
  };
}

/** One JSON document on stdout, indented, with a newline at its end. */
export function printJson(io: Io, document: unknown): void {
  io.printMasked(`${JSON.stringify(document, maskTexts(io.secrets), 2)}\n`);
}

/**
 * Masks the texts of a JSON document and nothing else: a secret may read `true` or `2024`, and replacing that in the finished
 * document would make it none.
 */
export function maskTexts(secrets: Secrets): (key: string, value: unknown) => unknown {
  return (_key, value) => (typeof value === "string" ? secrets.mask(value) : value);
}
