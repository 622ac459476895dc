import { openMetrics } from "../../src/cli/metrics/metrics.ts";
import { openBackground } from "../../src/cli/outside/background.ts";
import type { Io } from "../../src/cli/outside/io.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { plainPaint } from "../../src/render/paint.ts";

/** The world of a command that runs in the test's own process, and everything that it printed and said so far. */
export interface TestIo {
  readonly io: Io;
  said(): string;
}

export function openTestIo(cwd: string, env: Io["env"] = {}): TestIo {
  const secrets = new Secrets();
  let said = "";
  const write = (text: string) => {
    said += text;
  };
  const io: Io = {
    cwd,
    env,
    secrets,
    canAsk: false,
    paint: plainPaint,
    commandName: "test",
    metrics: openMetrics(),
    requests: new Map(),
    background: openBackground(),
    print: write,
    printMasked: write,
    say: write,
    command: write,
    log: write,
    showsLog: false,
  };
  return { io, said: () => said };
}
