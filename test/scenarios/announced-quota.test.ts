import assert from "node:assert/strict";
import { test } from "node:test";
import { flowNamed } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

test("a plan that may go much faster than the tenant keeps to what the tenant's answers say is left, and provokes no 429", async (t) => {
  const flows = Array.from({ length: 12 }, (_, index) => flowNamed(`menu-${index}`)).join("---\n");
  const options = { rateLimit: 8, rateLimitHeaders: "draft" as const };
  const world = await openEmulatedWorld(t, { "flows.yaml": flows }, options);
  // One at a time, because what is under way knows nothing of what the others are told.
  world.config((text) => text.replace(/concurrency: \d+/, "concurrency: 1"));
  const { plan } = await world.plan();
  assert.equal(plan.summary.create, 12);
  assert.deepEqual(
    world.emulator.log().filter(({ status }) => status === 429),
    [],
  );
});
