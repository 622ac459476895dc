/** Where a difference comes from, in words. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Change, Drift } from "../../src/model/plan.ts";
import { renderDrift } from "../../src/render/drift-text.ts";
import { describeOrigin, describeOverwrite } from "../../src/render/drift-words.ts";
import { renderHtml } from "../../src/render/html/page.ts";
import { plainPaint } from "../../src/render/paint.ts";
import { renderPlan, summarizePlan } from "../../src/render/plan-text.ts";
import { aChange, aPlan, aReport, unchanged } from "./plans.ts";

const drift = (special: Partial<Drift>): Drift => {
  return { origin: "edited-live", live: ["/name"], desired: [], at: null, by: null, ...special };
};
const EDITED = drift({ by: "ann@acme.example", at: "2026-11-21T17:30:05.123Z" });
const WHO = " by ann@acme.example at 2026-11-21 17:30 UTC";
const WHOLE = { patch: [{ op: "add", path: "", value: {} }] } as const;

describe("one change", () => {
  const cases: readonly (readonly [
    reason: string,
    change: Partial<Change>,
    undone: string | undefined,
    origin: string,
  ])[] = [
    ["nothing was asked", { drift: null }, undefined, ""],
    [
      "a commit undoes nothing",
      { drift: drift({ origin: "not-deployed", live: [], desired: ["/name"] }) },
      undefined,
      "",
    ],
    ["what was never applied", { drift: drift({ origin: "unknown", live: [] }) }, undefined, ""],
    ["an edit", { drift: EDITED }, `overwrites an edit made live${WHO}`, `edited live${WHO}`],
    ["by nobody knows whom", { drift: drift({}) }, "overwrites an edit made live", "edited live"],
    [
      "both",
      { drift: drift({ origin: "both", live: ["/a", "/b"], desired: ["/b", "/c"] }) },
      "overwrites an edit made live of /a, /b; git has changed /b as well",
      "edited live: /a, /b; not deployed: /c; changed live and in git: /b",
    ],
    [
      "many fields",
      { drift: drift({ origin: "both", live: ["/a", "/b", "/c", "/d", "/e"], desired: ["/f"] }) },
      "overwrites an edit made live of /a, /b, /c and 2 more",
      "edited live: /a, /b, /c and 2 more; not deployed: /f",
    ],
    [
      "a deletion by hand",
      { action: "create", ...WHOLE, drift: drift({ live: [""] }) },
      "puts back what was deleted live",
      "deleted live",
    ],
    [
      "a manifest that is gone, of what was edited before",
      { action: "delete", drift: drift({ origin: "both", live: [""], desired: [""] }) },
      "deletes what was edited live",
      "edited live; changed live and in git: all of it",
    ],
    [
      "one that is held back undoes nothing",
      { action: "report", drift: EDITED },
      `edited live${WHO}`,
      `edited live${WHO}`,
    ],
  ];
  for (const [reason, special, undone, origin] of cases) {
    it(reason, () => {
      const change = aChange(special);
      assert.equal(describeOverwrite(change), undone);
      assert.equal(describeOrigin(change).join("; "), origin);
    });
  }
});

const held = aChange({
  name: "held",
  action: "report",
  impact: null,
  notes: ["held back: the policy is report"],
  drift: EDITED,
});

it("a plan says it below the change, and counts what is held back", () => {
  const plan = aPlan([aChange({ drift: EDITED }), held]);
  const text = renderPlan(plan, plainPaint);
  assert.ok(text.includes(`      overwrites an edit made live${WHO}\n`), text);
  const lines = ["held back: the policy is report", `edited live${WHO}`, "applying git means: callers pressing 2"];
  assert.ok(text.includes(lines.map((line) => `      ${line}`).join("\n")), text);
  assert.equal(summarizePlan(plan), "1 to update, 1 held back.");
  assert.equal(summarizePlan(aPlan([held, unchanged("Flow", "x")])), "1 held back, 1 unchanged.");
  assert.ok(
    [...renderHtml(aReport(plan))].join("").includes(`<li class="note">overwrites an edit made live${WHO}</li>`),
  );
});

it("drift groups the changes by where they come from, and counts them", () => {
  const committed = drift({ origin: "not-deployed", live: [], desired: ["/name"] });
  const plan = aPlan([
    aChange({ name: "later", drift: committed }),
    aChange({ name: "edited", drift: EDITED }),
    aChange({ name: "nobody-knows", drift: drift({ origin: "unknown", live: [] }) }),
    aChange({ name: "orphan", action: "report", impact: null, effects: [], patch: [], live: {}, notes: ["orphaned"] }),
    unchanged("Flow", "x"),
  ]);
  const latest = { commit: "0123456789abcdef", time: "2026-11-21T10:00:00.000Z" };
  const text = renderDrift(plan, latest, plainPaint);
  const marks = text.split("\n").filter((line) => /^\S|Flow/.test(line));
  assert.deepEqual(marks, [
    "Drift on tenant dev",
    "Edited live",
    "  ~ update Flow edited (ivr_edited)  caller-visible",
    "Committed, not deployed (since 0123456789ab was applied, 2026-11-21 10:00 UTC)",
    "  ~ update Flow later (ivr_later)  caller-visible",
    "Never applied from here",
    "  ~ update Flow nobody-knows (ivr_nobody-knows)  caller-visible",
    "To look at",
    "  ? report Flow orphan (ivr_orphan)",
    "  = 1 Flow, unchanged",
    "1 edited live, 1 not deployed, 1 never applied from here, 1 unchanged.",
  ]);
  assert.match(
    renderDrift(plan, { ...latest, commit: null }, plainPaint),
    /\(since the last run, 2026-11-21 10:00 UTC\)/,
  );
  assert.match(
    renderDrift(aPlan([unchanged("Flow", "x")]), null, plainPaint),
    /No changes: live equals desired for 1 res/,
  );
});
