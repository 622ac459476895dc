/** Where a difference comes from, in words. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Change, Drift } from "../../src/model/plan.ts";
import { renderDrift } from "../../src/render/drift-text.ts";
import { describeOrigin, describeOverwrite } from "../../src/render/drift-words.ts";
import { renderHtml } from "../../src/render/html/page.ts";
import { renderMarkdown } from "../../src/render/markdown/comment.ts";
import { renderTenants } from "../../src/render/markdown/tenants.ts";
import { plainPaint } from "../../src/render/paint.ts";
import { renderPlan, summarizePlan } from "../../src/render/plan-text.ts";
import { aChange, aPlan, aReport, unchanged } from "./plans.ts";

const drift = (special: Partial<Drift>): Drift => {
  return { origin: "edited-live", live: ["/name"], desired: [], at: null, by: null, restored: null, ...special };
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
      "what a restore put back",
      { drift: drift({ restored: "run-2" }) },
      "overwrites what run run-2 put back",
      "put back by run run-2",
    ],
    [
      "what a restore put back, and git has moved since",
      { drift: drift({ origin: "both", live: ["/a"], desired: ["/a"], restored: "run-2" }) },
      "overwrites what run run-2 put back: /a; git has changed /a as well",
      "put back by run run-2: /a; changed in git as well: /a",
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

const committed = drift({ origin: "not-deployed", live: [], desired: ["/name"] });
const found = [
  aChange({ name: "later", drift: committed }),
  aChange({ name: "edited", drift: EDITED }),
  aChange({ name: "nobody-knows", drift: drift({ origin: "unknown", live: [] }) }),
  aChange({ name: "orphan", action: "report", impact: null, effects: [], patch: [], live: {}, notes: ["orphaned"] }),
  unchanged("Flow", "x"),
];
const COMMIT = "fedcba9876543210fedcba9876543210fedcba98";
const latest = { commit: "0123456789abcdef-dirty", time: "2026-11-21T10:00:00.000Z" };

it("drift groups the changes by where they come from, and counts them", () => {
  const plan = aPlan(found, { revision: COMMIT });
  const text = renderDrift(plan, latest, plainPaint);
  const marks = text.split("\n").filter((line) => /^\S|Flow/.test(line));
  assert.deepEqual(marks, [
    `Drift on tenant dev at ${COMMIT}`,
    "Edited live",
    "  ~ update Flow edited (ivr_edited)  caller-visible",
    "Committed, not deployed (since 0123456789ab-dirty was applied, 2026-11-21 10:00 UTC)",
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

it("with an error, or a tenant that could not be read, drift shows what was compared all the same", () => {
  const error = {
    file: "a.yaml",
    line: 1,
    column: 1,
    rule: "flow/cycle",
    severity: "error",
    message: "goes round",
    hint: null,
  } as const;
  const blocked = aPlan(found, { revision: COMMIT });
  const plan = { ...blocked, findings: [error], summary: { ...blocked.summary, unknown: 1 } };
  const text = renderDrift(plan, latest, plainPaint);
  const marks = text.split("\n").filter((line) => /^\S/.test(line));
  assert.deepEqual(
    [marks[0], marks[1], ...marks.slice(-2)],
    [
      `Drift on tenant dev at ${COMMIT}`,
      "Edited live",
      "1 edited live, 1 not deployed, 1 never applied from here, 1 unchanged.",
      "Nothing will be applied: 1 error and 1 unknown resource.",
    ],
  );
  assert.ok(text.indexOf("goes round") > text.indexOf("To look at"));
});

it("what is in no commit is not said to be committed", () => {
  const plan = (revision: string | null) =>
    renderDrift(aPlan([...found, aChange({ drift: drift({ origin: "both" }) })], { revision }), latest, plainPaint);
  assert.match(plan(`${COMMIT}-dirty`), /^Not deployed, and the work tree is not committed \(since /m);
  assert.match(plan(`${COMMIT}-dirty`), /^Both: edited live, and changed in the manifests since$/m);
  assert.match(plan(null), /^Not deployed \(since /m);
  assert.match(plan(COMMIT), /^Both: edited live, and committed since$/m);
});

it("a comment about drift is none about a plan: its own hidden line, its own headings, and whose edit it was", () => {
  const report = aReport(aPlan(found, { revision: `${COMMIT}-dirty` }));
  const text = renderMarkdown({ ...report, drift: { latest } });
  assert.match(text, /^<!-- cxone-gitops drift tenant=dev -->\n## Drift on tenant `dev` at `fedcba987654-dirty`\n/);
  assert.deepEqual(
    text
      .replaceAll("\u200d", "")
      .match(/^###? .*/gm)
      ?.slice(1),
    [
      "### Edited live",
      "### Not deployed, and the work tree is not committed (since 0123456789ab-dirty was applied, 2026-11-21 10:00 UTC)",
      "### Never applied from here",
      "### To look at",
    ],
  );
  const edited = text.slice(text.indexOf("### Edited live"), text.indexOf("### Not deployed"));
  assert.match(
    edited.replaceAll("\u200d", ""),
    /^- edited live by ann@acme\.example at 2026-11-21 17:30 UTC\n- applying git means: callers/m,
  );
  assert.match(text, /^\*\*1 edited live, 1 not deployed, 1 never applied from here, 1 unchanged\.\*\*$/m);
  assert.doesNotMatch(text, /Plan for/);
  const both = renderTenants(
    "all",
    [{ side: { tenant: "dev", plan: report.plan }, report: { ...report, drift: { latest } } }],
    "drift",
  );
  assert.match(both, /^<!-- cxone-gitops drift tenant=all -->\n## Drift on 1 tenant at `fedcba987654-dirty`\n/);
  assert.match(both, /^## Drift on tenant `dev`/m);
});

it("a page about drift says so", () => {
  const page = [...renderHtml({ ...aReport(aPlan(found)), drift: { latest } })].join("");
  assert.match(page, /<h1>Drift on tenant dev<\/h1>/);
  assert.match(page, /<h2>Edited live<\/h2>/);
  assert.ok(page.includes(`<li class="note">edited live${WHO}</li><li>applying git means: `), page);
  assert.doesNotMatch(page, /Plan for tenant/);
});
