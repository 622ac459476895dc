import type { Command } from "commander";
import { openMetrics } from "../../src/cli/metrics/metrics.ts";
import { openBackground } from "../../src/cli/outside/background.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { plainPaint } from "../../src/render/paint.ts";

/** The command line as commander knows it, to be looked at and not run. */
export function readProgram(): Command {
  const secrets = new Secrets();
  const io = {
    cwd: ".",
    env: {},
    secrets,
    commandName: "",
    metrics: openMetrics(),
    requests: new Map(),
    background: openBackground(),
    canAsk: false,
    paint: plainPaint,
    printMasked() {},
    print() {},
    say() {},
    command() {},
    log() {},
    showsLog: false,
  };
  const never = new AbortController().signal;
  return buildProgram({ io, stopping: { soft: never, hard: never }, finish: () => {} }, "0.0.0");
}
