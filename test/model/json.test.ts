import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { digestOf } from "../../src/model/digest.ts";
import {
  canonicalJson,
  isSameJson,
  type Json,
  objectFrom,
  objectsAt,
  stringAt,
  valueAt,
} from "../../src/model/json.ts";

it("keys that are also names of a prototype's are just keys", () => {
  const parsed: Json = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "c"}');
  assert.deepEqual(valueAt(parsed, "__proto__"), { polluted: 1 });
  assert.equal(stringAt(parsed, "constructor"), "c");
  assert.equal(valueAt(parsed, "toString"), undefined, "an inherited name is not there");
  assert.equal(canonicalJson(parsed), '{"__proto__":{"polluted":1},"constructor":"c"}');
  assert.equal(Object.getPrototypeOf(objectFrom([["__proto__", { polluted: 1 }]])), Object.prototype);
  assert.ok(!isSameJson({ a: 1 }, { toString: 1 }));
});

it("two values are the same exactly when their canonical texts are", () => {
  const value = fc.jsonValue({ depthSize: "small" });
  fc.assert(
    fc.property(value, value, (left, right) => {
      const [one, other]: readonly Json[] = [JSON.parse(JSON.stringify(left)), JSON.parse(JSON.stringify(right))];
      if (one === undefined || other === undefined) return;
      assert.equal(isSameJson(one, other), canonicalJson(one) === canonicalJson(other));
      assert.equal(digestOf(one) === digestOf(other), isSameJson(one, other));
      assert.ok(isSameJson(one, JSON.parse(canonicalJson(one))));
    }),
  );
});

it("numbers are compared as JSON has them", () => {
  assert.ok(isSameJson(0, -0), "JSON has one zero");
  assert.equal(digestOf({ a: -0 }), digestOf({ a: 0 }));
  assert.ok(isSameJson(JSON.parse("1.0"), 1), "a decimal point without decimals says nothing");
  assert.ok(!isSameJson(1, "1"));
});

it("a list that holds other things yields its objects only, and a missing one nothing", () => {
  assert.deepEqual(objectsAt({ nodes: [1, null, { id: "a" }, ["b"], "c"] }, "nodes"), [{ id: "a" }]);
  for (const nodes of [null, 5, "x", {}, true]) assert.deepEqual(objectsAt({ nodes }, "nodes"), []);
  assert.deepEqual(objectsAt({}, "nodes"), []);
});
