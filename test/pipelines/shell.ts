/** Scripts of pipelines, run by bash as the runners start it. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { COMPILE_CACHE } from "../helpers/command.ts";

export interface BashOptions {
  readonly cwd: string;
  /** Folders before the machine's own. */
  readonly path?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Before the machine's own programs, so that no script of a test installs anything: `npm ci` would begin by emptying the `node_modules` of
 * this very checkout.
 */
const REFUSED = makePrograms(mkdtempSync(join(tmpdir(), "cxone-gitops-test-")), {
  npm: 'echo "a test called npm $*" >&2; exit 1',
});
process.on("exit", () => rmSync(REFUSED, { recursive: true, force: true }));

/** As GitHub starts it: the first command that fails ends the script, in a pipe as well. */
export function runBash(
  script: string,
  { cwd, path = [], env }: BashOptions,
): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const PATH = [...path, env["PATH"], REFUSED, dirname(process.execPath), process.env["PATH"]]
      .filter(Boolean)
      .join(":");
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd,
      env: { HOME: cwd, GIT_CONFIG_NOSYSTEM: "1", ...COMPILE_CACHE, ...env, PATH },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
    }
    child.on("error", reject).on("close", (code) => resolve({ code, text }));
  });
}

/** A folder with programs by name, each of them a bash script. */
export function makePrograms(folder: string, scripts: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}
