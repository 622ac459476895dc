/** A plan's file is what was sealed, byte for byte, or it is not sealed. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { openPlan, sealPlan } from "../../src/cli/saved-plans/plan-seal.ts";
import { GitopsError } from "../../src/errors.ts";
import { SAVED_PLAN_FORMAT_VERSION, type SavedPlan } from "../../src/model/saved-plan.ts";

const KEY = "a key";
const PLAN: SavedPlan = {
  formatVersion: SAVED_PLAN_FORMAT_VERSION,
  tool: "1.2.3",
  createdAt: "2026-11-21T09:00:00.000Z",
  expiresAt: "2026-11-22T09:00:00.000Z",
  tenant: { name: "dev", org: "acme-dev", flows: "https://a.example.com", workflows: "https://b.example.com" },
  options: {
    prune: false,
    adopt: false,
    allowLargeChange: true,
    allowProtected: false,
    only: [],
    selector: null,
    changedSince: null,
  },
  plan: {
    formatVersion: 1,
    tenant: "dev",
    revision: null,
    fingerprint: "sha256:0",
    summary: { create: 0, update: 0, delete: 0, unchanged: 0, unknown: 0, refused: 0 },
    changes: [],
    findings: [],
    refusals: [],
  },
  bindings: [
    {
      kind: "Flow",
      name: "main-menu",
      id: "menu",
      document: { type: "flow", id: "menu" },
      action: "update",
      desired: `hmac-sha256:${"1".repeat(64)}`,
      rotation: null,
      live: null,
      liveVersion: 7,
      // Keys that a parser puts in another order, numbers that are written in several ways, texts beyond ASCII.
      sides: {
        live: { 10: 1e21, 9: -0.5, b: "Grüße \ud83d", a: ["\u2028"] },
        desired: JSON.parse('{"__proto__": {"a": 1}}'),
      },
    },
  ],
};
const TEXT = sealPlan(PLAN, KEY);

function isAccepted(text: string, key = KEY): boolean {
  const { tool, tenant, createdAt } = PLAN;
  try {
    openPlan(text, { file: "plan.json", key, tool, tenant, now: Date.parse(createdAt) });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof GitopsError)) throw thrown;
    return false;
  }
}

it("a plan as it was written is sealed, for who has the key", () => {
  assert.ok(isAccepted(TEXT));
  assert.ok(isAccepted(Buffer.from(TEXT).toString("utf8")), "also after it was on disk");
  assert.ok(!isAccepted(TEXT, "another key"));
  assert.ok(!isAccepted(TEXT, ""));
});

it("no character can be changed, left out, or put in, wherever it is", () => {
  for (let at = 0; at < TEXT.length; at += 1) {
    const [before, here, after] = [TEXT.slice(0, at), TEXT.charAt(at), TEXT.slice(at + 1)];
    for (const other of ["0", "a", " ", "\n", '"', "-"]) {
      if (other !== here) assert.ok(!isAccepted(before + other + after), `"${other}" at ${at}`);
      assert.ok(!isAccepted(before + other + here + after), `"${other}" before ${at}`);
    }
    assert.ok(!isAccepted(before + after), `without ${at}`);
  }
  assert.ok(!isAccepted(`${TEXT}\n`));
});

it("the same content laid out otherwise, or with a key twice, is another file", () => {
  assert.ok(!isAccepted(JSON.stringify(JSON.parse(TEXT))));
  assert.ok(!isAccepted(TEXT.replaceAll("\n", "\r\n")));
  assert.ok(!isAccepted(TEXT.replace('"options": {', '"options": {"prune": true}, "options": {')));
});
