/** Ten thousand manifests are planned and applied: what a step looks at grows with their number, and not with its square. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findUnrecorded } from "../../src/engine/adopt.ts";
import { applyPlan } from "../../src/engine/apply.ts";
import { bindPlan } from "../../src/engine/bindings.ts";
import { guardChanges } from "../../src/engine/guard.ts";
import type { Observation } from "../../src/engine/observe.ts";
import { groupIntoUnits, type Unit } from "../../src/engine/units.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { isJsonObject, type Json } from "../../src/model/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { change, FLOW, validate } from "../kinds/manifests.ts";
import { applyTo, kindOrder, planResources } from "./planning.ts";

interface Scene {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  /** How often somebody asked which resource, or whose change, it is. */
  looks(): number;
}

/** So many flows on a tenant: as desired, or each under another name. */
function setScene(count: number, live: "as-desired" | "renamed"): Scene {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const texts = numbers.map((number) => [`${number}.yaml`, flowNumber(number)] as const);
  const { resources } = validate(Object.fromEntries(texts));
  const applied = Object.entries(applyTo({}, resources));
  const tenant = Object.fromEntries(applied.map(([key, one]) => [key, live === "renamed" ? rename(one) : one]));
  const plan = planResources({ resources, tenant });
  let looks = 0;
  const watch = <T extends { readonly id: string }>(one: T): T => ({
    ...one,
    get id() {
      looks += 1;
      return one.id;
    },
  });
  return {
    plan: { ...plan, changes: plan.changes.map(watch) },
    units: groupIntoUnits(resources.map(watch<Resource>), kindOrder()),
    observation: new Map(
      Object.entries(tenant).map(([key, document]) => {
        assert.ok(isJsonObject(document));
        return [key, { state: "present", document, version: 1 }];
      }),
    ),
    looks: () => looks,
  };
}

function flowNumber(number: number): string {
  return change(change(FLOW, "main-menu", `menu-${number}`), "ivr_main_menu_v2", `ivr_${number}`);
}

function rename(document: Json): Json {
  assert.ok(isJsonObject(document));
  return { ...document, name: "Another" };
}

async function looksOf(count: number, live: "as-desired" | "renamed", step: (scene: Scene) => unknown) {
  const scene = setScene(count, live);
  const before = scene.looks();
  await step(scene);
  return scene.looks() - before;
}

const NO_GUARD = { maxUpdatePercent: 100, maxDeletePercent: 100, allowLargeChange: true, allowProtected: false };

/** A run that is asked to stop before it sends anything needs no tenant, no trail and no time. */
const unused = (): never => assert.fail("nothing is written here");
const IDLE = {
  store: { read: unused, survey: unused, list: unused, create: unused, replace: unused, remove: unused },
  trail: { keep: unused, append: unused },
  clock: { now: unused, sleep: unused, random: unused },
  identity: { run: "", tenant: "", actor: "", commit: null, pullRequest: null, restores: null },
  severities: {},
  onOwnedEdit: "stop",
  mayWrite: unused,
  consistencyWindowMs: 0,
  backoffMs: 0,
  concurrency: 1,
  stop: AbortSignal.abort(),
} as const;

describe("twice the resources make twice the work", () => {
  const cases: readonly {
    readonly what: string;
    readonly live: "as-desired" | "renamed";
    readonly step: (scene: Scene) => unknown;
  }[] = [
    {
      what: "the guard of what is protected",
      live: "renamed",
      step: ({ plan, units }) => guardChanges(plan.changes, { units, guard: NO_GUARD, prune: false }),
    },
    {
      what: "binding a plan to what it was made on",
      live: "renamed",
      step: (scene) => {
        const bindings = bindPlan({ ...scene, secrets: new Secrets(), key: "" });
        assert.equal(bindings.length, scene.plan.changes.length);
      },
    },
    {
      what: "finding what the trail has yet to learn",
      live: "as-desired",
      step: (scene) => {
        const known = { manifestByIdentity: new Map(), keptByDocument: new Map(), adopt: true };
        assert.equal(findUnrecorded({ ...scene, ...known }).length, scene.plan.changes.length);
      },
    },
    {
      what: "applying",
      live: "renamed",
      step: async (scene) => {
        const outcomes = await applyPlan({ ...scene, ...IDLE, secrets: new Secrets() });
        assert.equal(outcomes.length, scene.plan.changes.length);
      },
    },
  ];
  for (const { what, live, step } of cases) {
    it(what, async () => {
      const [once, twice] = [await looksOf(20, live, step), await looksOf(40, live, step)];
      assert.ok(once >= 20, "it looks at each");
      assert.equal(twice, 2 * once);
    });
  }
});
