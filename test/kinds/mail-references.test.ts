/** What the tenant's answers about templates and attachments lead to. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json, JsonObject } from "../../src/model/json.ts";
import type { LiveRead } from "../../src/model/live.ts";
import { change, EMAIL, resourceOf, WORKFLOW } from "./manifests.ts";

const MEBIBYTE = 1024 * 1024;
const present = (document: JsonObject): LiveRead => ({ state: "present", document, version: null });

/** Severity, rule and path of what is found, given what the tenant answers about att_pdf_001. All else is there, and small. */
function found(answer: LiveRead, manifest = EMAIL): readonly string[] {
  const problems = resourceOf(manifest).checkReferences(({ id }) =>
    id === "att_pdf_001" ? answer : present({ size: 1000 }),
  );
  return problems.map(({ severity = "error", rule, path }) => `${severity} ${rule} ${path.join(".")}`);
}

describe("an attachment whose size the tenant does not tell", () => {
  const warning = "warning email/attachment-size-unknown spec.attachments.0.fileId";
  const sizes: readonly Json[] = [null, "1000", true, [1000], { bytes: 1000 }];
  for (const size of sizes) {
    it(`is warned about: ${JSON.stringify(size)}`, () => assert.deepEqual(found(present({ size })), [warning]));
  }

  it("is warned about: no size at all", () => assert.deepEqual(found(present({})), [warning]));

  it("is warned about in a whole workflow", () => {
    const path = "spec.nodes.2.properties.attachments.0.fileId";
    assert.deepEqual(found(present({}), WORKFLOW), [`warning email/attachment-size-unknown ${path}`]);
  });

  it("says which one, and what to do", () => {
    const [problem] = resourceOf(EMAIL).checkReferences(({ id }) => present(id === "att_png_002" ? {} : { size: 1 }));
    assert.match(problem?.message ?? "", /^the size of attachment "att_png_002" could not be checked/);
    assert.match(problem?.hint ?? "", /10 MiB/);
  });

  it("hides no other that is too large", () => {
    const problems = resourceOf(EMAIL).checkReferences(({ id }) =>
      present(id === "att_png_002" ? { size: 26 * MEBIBYTE } : {}),
    );
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ["email/attachment-size-unknown", "email/attachment-too-large", "email/attachments-too-large"],
    );
  });
});

describe("no warning about the size", () => {
  it("of one that has a size, were it 0", () => assert.deepEqual(found(present({ size: 0 })), []));

  it("of one that does not exist", () => {
    assert.deepEqual(found({ state: "absent" }), ["error email/unknown-attachment spec.attachments.0.fileId"]);
  });

  it("of one that could not be read, which is said elsewhere", () => {
    assert.deepEqual(found({ state: "unknown", reason: "the tenant did not answer" }), []);
  });

  it("of a template", () => {
    const lean = change(EMAIL, EMAIL.slice(EMAIL.indexOf("  attachments:"), EMAIL.indexOf("  after:")), "");
    assert.deepEqual(
      resourceOf(lean).checkReferences(() => present({})),
      [],
    );
  });
});
