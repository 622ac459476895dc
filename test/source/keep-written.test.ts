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
    assert.deepEqual(keepWritten(input, { path: [], write: (one) => one }), { value: "new", left: [] });
  });
});
