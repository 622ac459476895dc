/** What a manifest says of live, it says in its own words. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json } from "../../src/model/json.ts";
import { keepWritten } from "../../src/source/keep-written.ts";

interface Case {
  readonly written: Json;
  readonly said: Json;
  readonly live: Json;
  /** Where it is not as `live`. */
  readonly short?: Json;
  readonly becomes: Json;
}

const CASES: Readonly<Record<string, Case>> = {
  "a reference stays while live has its value": {
    written: { prompt: "${var:greeting}", skill: "Sales" },
    said: { prompt: "Hello", skill: "Sales" },
    live: { prompt: "Hello", skill: "Billing" },
    becomes: { prompt: "${var:greeting}", skill: "Billing" },
  },
  "a reference goes when live has another value": {
    written: { prompt: "${var:greeting}" },
    said: { prompt: "Hello" },
    live: { prompt: "Good day" },
    becomes: { prompt: "Good day" },
  },
  "a default that was left out stays out, and one that was written stays in": {
    written: { name: "a", type: "IVR" },
    said: { name: "a", type: "IVR", enabled: true },
    live: { name: "b", type: "IVR", enabled: true },
    short: { name: "b" },
    becomes: { name: "b", type: "IVR" },
  },
  "a default that live has left is written, and one that it has come to is not": {
    written: { mode: "digest" },
    said: { mode: "digest", opens: true },
    live: { mode: "standard", opens: false },
    short: { opens: false },
    becomes: { opens: false },
  },
  "what would be derived otherwise from now on is written": {
    written: { from: "a", to: "b", when: "dtmf == '1'" },
    said: { from: "a", to: "b", when: "dtmf == '1'", type: "conditional" },
    live: { from: "a", to: "b", when: "true", type: "conditional" },
    short: { from: "a", to: "b", type: "conditional" },
    becomes: { from: "a", to: "b", type: "conditional" },
  },
  "a key that live has lost goes, and a new one comes last": {
    written: { b: 1, a: 2 },
    said: { b: 1, a: 2 },
    live: { c: 3, a: 2 },
    becomes: { a: 2, c: 3 },
  },
  "items are recognised by their ids, and stand in live's order": {
    written: [{ id: "a", text: "${var:t}" }, { id: "b" }],
    said: [{ id: "a", text: "T" }, { id: "b" }],
    live: [{ id: "c" }, { id: "b", text: "new" }, { id: "a", text: "T" }],
    becomes: [{ id: "c" }, { id: "b", text: "new" }, { id: "a", text: "${var:t}" }],
  },
  "texts in a list are recognised by what they resolve to": {
    written: ["${var:one}", "two"],
    said: ["1", "two"],
    live: ["two", "three", "1"],
    becomes: ["two", "three", "${var:one}"],
  },
  "another shape is taken as it is": { written: { a: 1 }, said: { a: 1 }, live: [1], becomes: [1] },
  "null is a value": {
    written: { a: null, b: 1 },
    said: { a: null, b: 1 },
    live: { a: null, b: 2 },
    becomes: { a: null, b: 2 },
  },
  "a key of a prototype's is a key": {
    written: { toString: "a" },
    said: { toString: "a" },
    live: { toString: "b", valueOf: "c" },
    becomes: { toString: "b", valueOf: "c" },
  },
};

describe("what is written is kept where it says what is live", () => {
  for (const [reason, { written, said, live, short = live, becomes }] of Object.entries(CASES)) {
    it(reason, () => {
      const { value, left } = keepWritten({ written, said, live, short }, { path: [], write: (one) => one });
      assert.deepEqual(value, becomes);
      assert.deepEqual(Object.keys(Object(value)), Object.keys(Object(becomes)));
      assert.deepEqual(left, []);
    });
  }

  it("is the very same value when nothing differs", () => {
    const written = { a: "${env:X}", b: [1] };
    const said = { a: "x", b: [1], c: true };
    assert.equal(
      keepWritten({ written, said, live: said, short: {} }, { path: [], write: (one) => one }).value,
      written,
    );
  });

  it("writes only what comes from live, and says where it stands", () => {
    const places: string[] = [];
    const write = (value: Json, path: readonly (string | number)[]) => {
      places.push(path.join("/"));
      return value;
    };
    const said = { same: "s", list: [{ id: "a", text: "old" }] };
    const live = { same: "s", list: [{ id: "a", text: "new" }, { id: "b" }], more: 1 };
    keepWritten({ written: said, said, live, short: live }, { path: ["spec"], write });
    assert.deepEqual(places, ["spec/list/0/text", "spec/list/1", "spec/more"]);
  });
});

describe("a reference to the environment", () => {
  it("stays although live differs, for what is live may be a secret", () => {
    const written = { token: "Bearer ${env:TOKEN}", name: "a" };
    const said = { token: "Bearer t", name: "a" };
    const live = { token: "Bearer other", name: "b" };
    const { value, left } = keepWritten({ written, said, live, short: live }, { path: ["spec"], write: (one) => one });
    assert.deepEqual(value, { token: "Bearer ${env:TOKEN}", name: "b" });
    assert.deepEqual(left, [["spec", "token"]]);
  });

  it("is none when it is escaped", () => {
    const input = { written: "$${env:TOKEN}", said: "${env:TOKEN}", live: "new", short: "new" };
    assert.deepEqual(keepWritten(input, { path: [], write: (one) => one }), { value: "new", left: [], variables: [] });
  });
});

describe("a reference to a variable that differs live, where others share the manifest", () => {
  const keepVariables = (written: Json, said: Json, live: Json, short: Json = live) =>
    keepWritten({ written, said, live, short }, { path: [], write: (one) => one, keepVariables: true });

  it("stays as a whole, in a text, in a list, where live is a default, and where it is gone", () => {
    const written = { a: "${var:x}", b: "to ${var:x}", c: ["${var:x}"], d: "${var:x}", e: "${var:x}", f: 1 };
    const said = { a: "1", b: "to 1", c: ["1"], d: "1", e: "1", f: 1 };
    const live = { a: "2", b: "2", c: [], e: "standard", f: 2 };
    const { e: _, ...short } = live;
    const { value, variables } = keepVariables(written, said, live, short);
    assert.deepEqual(value, { ...written, f: 2 });
    assert.deepEqual(
      variables.map(({ path, stays }) => [path.join("/"), stays]),
      [
        ["a", true],
        ["b", true],
        ["c/0", true],
        ["d", true],
        ["e", true],
      ],
    );
  });

  it("goes with the item that it is in, and that is told", () => {
    const written = [{ id: "a", text: "${var:x}" }, { id: "b" }];
    const { value, variables } = keepVariables(written, [{ id: "a", text: "1" }, { id: "b" }], [{ id: "b" }]);
    assert.deepEqual(value, [{ id: "b" }]);
    assert.deepEqual(
      variables.map(({ path, names, stays }) => [path, names, stays]),
      [[[0], ["x"], false]],
    );
  });
});
