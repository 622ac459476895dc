import type { ExitCode } from "../../errors.ts";
import { Secrets } from "../../model/secrets.ts";
import type { ApplyOptions } from "../apply.ts";
import { reportFailure } from "../failure.ts";
import { type Io, withSecrets } from "../outside/io.ts";
import type { Stopping } from "../outside/stopping.ts";
import { runReconcile } from "../reconcile.ts";

/**
 * One pass of a daemon: `reconcile`, from reading the configuration on, because credentials in files change. It never throws: what ends
 * it early is said and is its exit code.
 */
export async function runPass(io: Io, options: ApplyOptions, stopping: Stopping): Promise<ExitCode> {
  const passIo = openPassIo(io);
  const { signals, letGo } = passOn(stopping);
  const startedAt = Date.now();
  const counted = io.metrics.runs();
  try {
    return await runReconcile(passIo, options, signals);
  } catch (thrown) {
    const code = reportFailure(passIo, thrown, options.output);
    // What ends a pass before a tenant is known is told by nobody else.
    if (io.metrics.runs() === counted) {
      io.metrics.run({ tenant: "", command: io.commandName, code, startedAt, endedAt: Date.now() });
    }
    return code;
  } finally {
    letGo();
  }
}

/**
 * The world of one pass. Its secrets are its own, or the tokens of every pass would be looked for in every text for ever; and a JSON
 * document takes one line, so that a reader of many knows where each ends.
 */
function openPassIo(io: Io): Io {
  const passIo = withSecrets(io, new Secrets());
  return { ...passIo, printMasked: (text) => io.printMasked(onOneLine(text)) };
}

/** Printed JSON breaks lines between its parts only, never in a text. */
function onOneLine(document: string): string {
  return `${document.trimEnd().replace(/\n\s*/g, "")}\n`;
}

/** Signals of this pass alone: what listens to them goes with it. */
function passOn({ soft, hard }: Stopping): { readonly signals: Stopping; readonly letGo: () => void } {
  const [softOne, hardOne] = [new AbortController(), new AbortController()];
  const onSoft = () => softOne.abort();
  const onHard = () => hardOne.abort();
  if (soft.aborted) onSoft();
  if (hard.aborted) onHard();
  soft.addEventListener("abort", onSoft);
  hard.addEventListener("abort", onHard);
  return {
    signals: { soft: softOne.signal, hard: hardOne.signal },
    letGo() {
      soft.removeEventListener("abort", onSoft);
      hard.removeEventListener("abort", onHard);
    },
  };
}
