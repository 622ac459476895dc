import assert from "node:assert/strict";
import { it } from "node:test";
import type { Outcome } from "../../src/model/outcome.ts";
import { renderOutcome } from "../../src/render/outcomes.ts";
import { plainPaint } from "../../src/render/paint.ts";

const DONE: Outcome = {
  kind: "Flow",
  name: "main-menu",
  id: "ivr_main_menu",
  document: { type: "flow", id: "ivr_main_menu" },
  action: "update",
  outcome: "done",
  version: 4,
  attempts: 1,
  conflicts: 0,
  error: null,
};

it("an outcome is one line, with the version that live has now", () => {
  assert.equal(renderOutcome(DONE, plainPaint), "  done update Flow main-menu  version 4\n");
});

it("a version that is a text of the tenant's moves no cursor and begins no line", () => {
  const line = renderOutcome({ ...DONE, version: "4\u001b[2K\r\n::error::x" }, plainPaint);
  assert.equal(line, "  done update Flow main-menu  version 4\\u001b[2K ::error::x\n");
});
