/** A tenant with a saved plan for it, and the command that applies that. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { EMAIL, FLOW, flowNamed, WEBHOOK } from "../helpers/manifests.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

export const FLOW_ID = "ivr_main_menu_v2";
export const PUT_FLOW = `PUT /api/v2/flows/${FLOW_ID}`;
export const SECRETS = { PIN: "planted-pin-4711", HOOK_SECRET: "whsec_planted-hook-secret" };
export const MENU = FLOW.replace("skill: Billing", `skill: Billing, pin: "\${env:PIN}"`);
export const NIGHT = flowNamed("night");
export const MANIFESTS = { "menu.yaml": MENU, "night.yaml": NIGHT, "mail.yaml": EMAIL, "hook.yaml": WEBHOOK };
/** What every plan here is about, unless the test says otherwise. */
export const CHANGE = { "menu.yaml": MENU.replace("skill: Billing", "skill: Sales") };

export interface PlannedWorld extends EmulatedWorld {
  readonly file: string;
  /** Applies the file, and tells besides what the tenant carried out. */
  applyFile(
    ...flags: readonly string[]
  ): Promise<{ readonly code: number | null; readonly said: string; readonly writes: readonly string[] }>;
  skill(): string | undefined;
}

/** A tenant as the manifests ask for it, a change of them, and a saved plan of that change. */
export async function openPlannedWorld(
  t: TestContext,
  change: Readonly<Record<string, string>> = CHANGE,
  ...flags: readonly string[]
): Promise<PlannedWorld> {
  const world = await openEmulatedWorld(t, MANIFESTS, {}, SECRETS);
  await world.apply();
  world.write(change);
  const file = join(world.folder, "plan.json");
  const planned = await world.run("plan", "--out", "plan.json", ...flags);
  assert.equal(planned.code, 0, planned.stdout + planned.stderr);
  assert.match(planned.stderr, /^saved to plan\.json; `cxone-gitops apply plan\.json` applies exactly this plan$/m);
  world.emulator.clearLog();
  return {
    ...world,
    file,
    async applyFile(...more) {
      world.emulator.clearLog();
      const { code, stdout, stderr } = await world.run("apply", "plan.json", ...more);
      return { code, said: stdout + stderr, writes: world.writes() };
    },
    skill: () => /"skill":"(\w+)"/.exec(JSON.stringify(world.emulator.document("flow", FLOW_ID)))?.[1],
  };
}
