import { listenForSignals, type Stopping } from "./stopping.ts";

/** The process that a command runs in, as far as a command knows it. */
export interface Host {
  /** The working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: HostStream;
  readonly stderr: HostStream;
  /** Begins to listen for the signals that ask it to end; `say` tells people what comes of them. */
  listen(say: (text: string) => void): Stopping;
}

export interface HostStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** The real one. */
export function thisProcess(): Host {
  const { env, stdin, stdout, stderr } = process;
  return { cwd: process.cwd(), env, stdin, stdout, stderr, listen: listenForSignals };
}
