/** Commits as people tell them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { isUncommitted, shortRevision, workTreeRevision } from "../../src/model/revision.ts";

const COMMIT = "fedcba9876543210fedcba9876543210fedcba98";

it("a revision is cut, and what says that it is not quite that commit never is", () => {
  assert.equal(shortRevision(COMMIT), "fedcba987654");
  assert.equal(shortRevision(workTreeRevision(COMMIT, false)), "fedcba987654");
  assert.equal(shortRevision(workTreeRevision(COMMIT, true)), "fedcba987654-dirty");
  assert.equal(shortRevision("abc-dirty"), "abc-dirty");
  assert.deepEqual([null, COMMIT, `${COMMIT}-dirty`].map(isUncommitted), [true, false, true]);
});
