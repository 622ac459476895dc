import { EXIT, GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import type { Secrets } from "../model/secrets.ts";
import { type Paint, plainPaint, terminalPaint } from "../render/paint.ts";
import { openStatusLine, type StatusLine } from "./progress.ts";

/**
 * The world outside a command: where it runs and where it writes. Whatever it writes is masked first. In GitHub Actions, no text that is
 * printed or said is a workflow command.
 */
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
  /** Workflow commands of our own, where `say` goes. */
  command(text: string): void;
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
  const asText = isInActions(process) ? withoutCommands : (text: string) => text;
  return {
    cwd: process.cwd(),
    env: process.env,
    secrets,
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    paint: isColourful ? terminalPaint : plainPaint,
    status,
    print: (text) => write(process.stdout, asText(secrets.mask(text))),
    printMasked: (text) => write(process.stdout, text),
    say: (text) => write(process.stderr, asText(secrets.mask(text))),
    command: (text) => write(process.stderr, secrets.mask(text)),
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

/** True where a runner of GitHub Actions reads what is written, line by line, and runs the commands that it finds there. */
export function isInActions({ env }: Pick<Io, "env">): boolean {
  return env["GITHUB_ACTIONS"] === "true";
}

/** The runner compares as languages do, so that characters that nobody sees hide no command from it. */
const UNSEEN = String.raw`\p{Default_Ignorable_Code_Point}\p{Cf}`;
/** The runner's older form, anywhere in a line. */
const HASH_COMMAND = new RegExp(`#[${UNSEEN}]*#[${UNSEEN}]*\\[`, "gu");
/** Its newer form, at the beginning of a line, after blanks. */
const COLON_COMMAND = new RegExp(`^(?:(?![\\r\\n\\u2028\\u2029])[\\s\\p{Cc}${UNSEEN}])*(?=:[${UNSEEN}]*:)`, "gmu");

/** A live node may be called `::add-mask::e`: behind a backslash it is a text. */
function withoutCommands(text: string): string {
  return text.replace(COLON_COMMAND, "$&\\").replace(HASH_COMMAND, (start) => `${start.slice(0, -1)}\\[`);
}

/** One JSON document on stdout, indented, with a newline at its end. */
export function printJson(io: Io, document: unknown): void {
  const text = JSON.stringify(document, maskTexts(io.secrets), 2);
  // Both characters stand in strings only, where a bracket may be written as an escape.
  const safe = isInActions(io) ? text.replace(HASH_COMMAND, (start) => `${start.slice(0, -1)}\\u005b`) : text;
  io.printMasked(`${safe}\n`);
}

/**
 * Masks the texts of a JSON document and nothing else: a secret may read `true` or `2024`, and replacing that in the finished
 * document would make it none.
 */
export function maskTexts(secrets: Secrets): (key: string, value: unknown) => unknown {
  return (_key, value) => (typeof value === "string" ? secrets.mask(value) : value);
}
