import type { RequestReport } from "../../cxone/events.ts";
import { EXIT, GitopsError, messageOf, systemCodeOf } from "../../errors.ts";
import type { Secrets } from "../../model/secrets.ts";
import { type Paint, plainPaint, terminalPaint } from "../../render/paint.ts";
import { type Metrics, openMetrics } from "../metrics/metrics.ts";
import { type Background, openBackground } from "./background.ts";
import type { Host, HostStream } from "./host.ts";
import { openStatusLine, type StatusLine } from "./progress.ts";

/**
 * The world outside a command: where it runs and where it writes. Whatever it writes is masked first. In GitHub Actions, no text that is
 * printed or said is a workflow command.
 */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: Secrets;
  /** The first word of the command line: `apply`. */
  readonly commandName: string;
  readonly metrics: Metrics;
  /** What the tenants of this run were asked so far, by their names. */
  readonly requests: Map<string, () => RequestReport>;
  /** What goes on beside the results: notifications. */
  readonly background: Background;
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
  /** Lines of the log, masked already, where `say` goes. */
  log(text: string): void;
  /** True when people read the log as it is written. */
  readonly showsLog: boolean;
}

export interface IoOptions {
  readonly secrets: Secrets;
  readonly noColor: boolean;
  readonly commandName: string;
}

/** Colours go to terminals only, and never when NO_COLOR or --no-color says so. */
export function openIo(host: Host, { secrets, noColor, commandName }: IoOptions): Io {
  const { cwd, env, stdin, stdout, stderr } = host;
  const isColourful = stdout.isTTY === true && !noColor && !env["NO_COLOR"];
  stdout.on("error", makeReportLostOutput(stderr));
  // Where nothing can be said any more, the exit code still tells.
  stderr.on("error", () => {});
  const status = openStatusLine(stderr, env);
  const write = (stream: HostStream, text: string) => {
    status?.clear();
    stream.write(text);
  };
  const asText = isInActions(host) ? withoutCommands : (text: string) => text;
  return {
    cwd,
    env,
    secrets,
    commandName,
    metrics: openMetrics(),
    requests: new Map(),
    background: openBackground(),
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    paint: isColourful ? terminalPaint : plainPaint,
    status,
    print: (text) => write(stdout, asText(secrets.mask(text))),
    printMasked: (text) => write(stdout, text),
    say: (text) => write(stderr, asText(secrets.mask(text))),
    command: (text) => write(stderr, secrets.mask(text)),
    log: (text) => write(stderr, text),
    showsLog: stderr.isTTY === true,
  };
}

/**
 * The same world with secrets and requests of its own beside those of `io`: for one of several tenants, or one of many passes. What of them is learnt
 * here is masked here alone.
 */
export function withSecrets(io: Io, secrets: Secrets): Io {
  const mask = (text: string) => secrets.mask(text);
  return {
    ...io,
    secrets,
    requests: new Map(),
    print: (text) => io.print(mask(text)),
    say: (text) => io.say(mask(text)),
    command: (text) => io.command(mask(text)),
  };
}

/**
 * A result that cannot be printed (a full disk) must not look like a result. A run that writes goes on to its end: to stop it half way
 * would be worse. A reader that closes the pipe early (`| head`) is no error of ours.
 */
function makeReportLostOutput(stderr: HostStream): (error: Error) => void {
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
    stderr.write(`error: ${message} (${code})\n    ${hint}\n`);
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
