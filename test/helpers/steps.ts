/** Steps of a story that are not what it is about, in few words. */
import type { CommonOptions } from "../../src/cli/options.ts";
import type { ReconcilePolicy } from "../../src/model/policy.ts";
import { runHere } from "./here.ts";
import type { World } from "./world.ts";

export interface Step {
  readonly env?: Readonly<Record<string, string>>;
  readonly output?: CommonOptions["output"];
  readonly policy?: ReconcilePolicy;
  readonly allowLargeChange?: boolean;
}

export interface Stepped {
  readonly code: number | null;
  /** stdout and stderr. */
  readonly said: string;
}

export async function takeStep(
  world: World,
  command: "apply" | "plan" | "drift" | "reconcile" | { readonly restore: string },
  { env = {}, output = "text", policy, allowLargeChange = false }: Step = {},
): Promise<Stepped> {
  const words = typeof command === "string" ? [command] : ["restore", command.restore];
  const asks = words[0] === "apply" || words[0] === "restore";
  const args = [
    ...words,
    ...["--output", output, "--log-level", "silent"],
    ...(asks ? ["--auto-approve"] : []),
    ...(policy === undefined ? [] : ["--policy", policy]),
    ...(allowLargeChange ? ["--allow-large-change"] : []),
  ];
  const { code, stdout, stderr } = await runHere(args, { cwd: world.folder, env: { ...world.env, ...env } });
  return { code, said: stdout + stderr };
}
