/** Which repairs of the trail a scheduled run looks back to. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "node:test";
import { openTrail } from "../../src/audit/file-store.ts";
import { readHold } from "../../src/cli/holding.ts";
import { findFlipFlop } from "../../src/engine/flip-flop.ts";
import { outcomeWith } from "../audit/world.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const NOW = Date.parse("2025-03-01T12:00:00.000Z");
const LIMITS = { repairs: 3, withinMinutes: 60 };

it("counts a repair of nearly two windows ago: the last one of a window may be nearly a window old itself", async (t) => {
  const file = join(makeFolder(t, {}), "audit.jsonl");
  const trail = openTrail({ file });
  for (const minutes of [200, 110, 80, 55]) {
    const time = new Date(NOW - minutes * 60_000).toISOString();
    await trail.append([outcomeWith({ time, after: { version: 1, digest: "A" } })]);
  }
  const source = {
    config: { reconcile: { flipFlop: LIMITS }, audit: { file } },
    tenant: { name: "dev" },
    clock: { now: () => NOW },
  };
  const { repairs } = await readHold(source, "repair");
  const [ofResource = []] = [...repairs.values()];
  const found = findFlipFlop({ fields: ["/name"], digest: "A", repairs: ofResource, limits: LIMITS, now: NOW });
  assert.equal(found?.since, NOW - 110 * 60_000);
});
