/**
 * What is said about callers against calls that are made: every class of calls goes through both versions of random flows, one call at
 * a time, and the sentences must say exactly what is seen.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { type CallFlow, chooseConnections, connectionsFrom, targetsOf } from "../../src/callpaths/call-flow.ts";
import type { Caller } from "../../src/callpaths/callers.ts";
import { compareCalls, isNoticed } from "../../src/callpaths/compare.ts";
import { followCall, type Given } from "../../src/callpaths/route.ts";
import type { Cell } from "../../src/conditions/cells.ts";
import type { Scalar } from "../../src/conditions/condition.ts";
import { readCallFlow } from "../../src/kinds/flow/calls.ts";
import { flowEffects } from "../../src/kinds/flow/effects.ts";
import { type FlowParts, versions } from "./flows.ts";

const KEYS = ["1", "2", "3"];
const DTMF = ["dtmf == '1'", "dtmf == '2'", "dtmf in ['1', '3']", "dtmf != '2'", "!(dtmf == '1' || dtmf == '3')"];
/** Each key that a condition may name, one that none names, and none at all. */
const PRESSED: readonly (string | undefined)[] = [...KEYS, "8", undefined];

interface Told {
  readonly node: string;
  readonly pressed: ReadonlySet<string | undefined>;
  readonly text: string;
}

/** What a sentence says, read as a person reads it; undefined when it is not about callers at a node. */
function readSentence(text: string, named: readonly string[]): Told | undefined {
  const match = /^(?:all callers|callers pressing (?<keys>.+?)) at (?<node>node_\d+) /.exec(text);
  if (match?.groups === undefined) return undefined;
  return { node: match.groups["node"] ?? "", pressed: readKeys(match.groups["keys"], named), text };
}

function readKeys(words: string | undefined, named: readonly string[]): ReadonlySet<string | undefined> {
  if (words === undefined) return new Set(PRESSED);
  const others = PRESSED.filter((key) => key !== undefined && !named.includes(key));
  const but = /anything but ([^o]+?)(?: or nothing)?$/.exec(words)?.[1];
  if (but !== undefined) {
    const left = but.split(/, | and /);
    const keys = PRESSED.filter((key) => key !== undefined && !left.includes(key));
    return new Set([...keys, ...(words.endsWith("or nothing") ? [undefined] : [])]);
  }
  const keys = words
    .split(/, | or /)
    .flatMap((word) =>
      word === "nothing"
        ? [undefined]
        : word === "any other key"
          ? others
          : word === "any key"
            ? PRESSED.filter((key) => key !== undefined)
            : [word],
    );
  return new Set(keys);
}

function targetsAt(flow: CallFlow, node: string, pressed: string | undefined): string {
  const chosen = chooseConnections(connectionsFrom(flow, node), (path) => (path === "dtmf" ? pressed : undefined));
  return targetsOf(chosen ?? []).join(" or ");
}

function keysNamedAt(flows: readonly CallFlow[], node: string): readonly string[] {
  const texts = flows.flatMap((flow) => connectionsFrom(flow, node).map(({ text }) => text)).join(" ");
  return KEYS.filter((key) => texts.includes(`'${key}'`));
}

function read(parts: FlowParts): { live: CallFlow; desired: CallFlow; sentences: readonly string[]; impact: string } {
  const { impact, sentences } = flowEffects({ ...parts, patch: [] });
  return { live: readCallFlow(parts.live), desired: readCallFlow(parts.desired), sentences, impact };
}

it("the sentences agree with the calls, for every key at every node", () => {
  const seen = { told: 0, silent: 0 };
  fc.assert(
    fc.property(versions(DTMF), (parts) => {
      const { live, desired, sentences } = read(parts);
      const told = sentences.flatMap((text) => {
        const node = / at (node_\d+) /.exec(text)?.[1] ?? "";
        return readSentence(text, keysNamedAt([live, desired], node)) ?? [];
      });
      for (const pressed of PRESSED) {
        for (const one of told.filter((sentence) => sentence.pressed.has(pressed))) {
          const [was, is] = [targetsAt(live, one.node, pressed), targetsAt(desired, one.node, pressed)];
          assert.notEqual(is, was, `said, and not so for ${pressed}: ${one.text}`);
          for (const target of [...is.split(" or "), ...was.split(" or ")].filter((name) => name !== "")) {
            assert.ok(one.text.includes(target), `${target} is not in: ${one.text}`);
          }
          const isCutOff = is === "" && desired.nodes.get(one.node)?.type !== "terminal";
          assert.equal(one.text.includes("are now cut off"), isCutOff, one.text);
          seen.told += 1;
        }
        const first = firstDifference(live, desired, pressed === undefined ? {} : { dtmf: pressed });
        if (first === undefined) {
          seen.silent += 1;
          continue;
        }
        assert.ok(
          told.some((one) => one.node === first && one.pressed.has(pressed)),
          `pressing ${pressed} differs at ${first}, and nothing says so: ${sentences.join("; ")}`,
        );
      }
    }),
    { numRuns: 1500 },
  );
  assert.ok(seen.told > 500 && seen.silent > 500, "both happen");
});

/** The node at which a call first goes another way, where it is decided in both versions which way it goes. */
function firstDifference(live: CallFlow, desired: CallFlow, given: Given): string | undefined {
  const [was, is] = [followCall(live, given), followCall(desired, given)];
  const nodes = was.steps.map(({ node }) => node);
  for (const [index, step] of is.steps.entries()) {
    if (nodes[index] !== step.node) return is.steps[index - 1]?.node;
    const isUndetermined = (route: typeof was) => route.end.how === "undetermined" && index === route.steps.length - 1;
    if (isUndetermined(was) || isUndetermined(is)) return undefined;
  }
  return nodes.length > is.steps.length ? is.steps.at(-1)?.node : undefined;
}

it("the nodes that can no longer or now be reached are those that no call, or some call, comes to", () => {
  fc.assert(
    fc.property(versions(DTMF), (parts) => {
      const { live, desired, sentences } = read(parts);
      const [before, after] = [reachedBy(live), reachedBy(desired)];
      for (const node of live.nodes.keys()) {
        const isLost = before.has(node) && !after.has(node);
        const isTold = sentences.some((text) => text === `${node} can no longer be reached` || isSkippedBy(text, node));
        assert.equal(isTold, isLost, `${node}: ${sentences.join("; ")}`);
      }
    }),
    { numRuns: 1000 },
  );
});

/** "no longer pass node_2 and node_3 before node_1" */
function isSkippedBy(text: string, node: string): boolean {
  const skipped = / no longer pass (.+?) before /.exec(text)?.[1];
  return skipped?.split(/, | and /).includes(node) === true;
}

function reachedBy(flow: CallFlow): ReadonlySet<string> {
  const reached = new Set(flow.start === undefined ? [] : [flow.start]);
  for (const node of reached) {
    for (const pressed of PRESSED) {
      for (const target of targetsAt(flow, node, pressed).split(" or ")) if (target !== "") reached.add(target);
    }
  }
  return reached;
}

const MIXED = [
  "dtmf == '1'",
  "dtmf == '2' && $contact.isVip",
  "$system.tries > 2",
  "$system.tries <= 2 || dtmf == '1'",
  "$contact.language in ['de', 'fr']",
  "!$contact.isVip && $contact.language != 'de'",
];
const VALUES: Readonly<Record<string, readonly (Scalar | undefined)[]>> = {
  dtmf: ["1", "2", "7", undefined],
  "$contact.isVip": [true, false, undefined],
  "$system.tries": [0, 2, 3, 2.5, "2", undefined],
  "$contact.language": ["de", "fr", "en", undefined],
};

type Call = Readonly<Record<string, Scalar | undefined>>;

const CALLS: readonly Call[] = Object.entries(VALUES).reduce<readonly Call[]>(
  (calls, [path, values]) => calls.flatMap((call) => values.map((value) => ({ ...call, [path]: value }))),
  [{}],
);

it("with values of any type, calls that go another way are told, each once, and no others are", () => {
  const seen = { told: 0, silent: 0 };
  fc.assert(
    fc.property(versions(MIXED), (parts) => {
      const [live, desired] = [readCallFlow(parts.live), readCallFlow(parts.desired)];
      const impact = compareCalls(live, desired);
      assert.equal(impact.isCut, false);
      const [before, after] = [reachedByAny(live), reachedByAny(desired)];
      for (const node of [...before].filter((one) => after.has(one))) {
        for (const call of CALLS) {
          const [was, is] = [wayOf(live, node, call), wayOf(desired, node, call)];
          const about = impact.divergences.filter((one) => one.node === node && one.callers.some(isOneOf(call)));
          if (was === is) assert.deepEqual(about, [], `${node}: ${JSON.stringify(call)}`);
          else assert.deepEqual(about.map(sayTurn), [expectTurn(was, is)]);
          for (const one of about)
            assert.ok(bothIn(was, is).every((target) => one.unless.includes(target) || one.live.includes(target)));
          seen[was === is ? "silent" : "told"] += 1;
        }
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(seen.told > 1000 && seen.silent > 1000, "both happen");
});

function sayTurn({ live, desired }: { readonly live: readonly string[]; readonly desired: readonly string[] }): string {
  return `${live.join(" ")} → ${desired.join(" ")}`;
}

/** What is replaced by what; where nothing is, both sides whole. */
function expectTurn(was: string, is: string): string {
  const both = bothIn(was, is);
  const [gone, come] = [was, is].map((way) =>
    way
      .split(" ")
      .filter((target) => !both.includes(target))
      .join(" "),
  );
  return gone === "" || come === "" ? `${was} → ${is}` : `${gone} → ${come}`;
}

function bothIn(was: string, is: string): readonly string[] {
  return was.split(" ").filter((target) => target !== "" && is.split(" ").includes(target));
}

function wayOf(flow: CallFlow, node: string, call: Call): string {
  return targetsOf(chooseConnections(connectionsFrom(flow, node), (path) => call[path]) ?? []).join(" ");
}

function reachedByAny(flow: CallFlow): ReadonlySet<string> {
  const reached = new Set(flow.start === undefined ? [] : [flow.start]);
  for (const node of reached) {
    const ways = new Set(CALLS.flatMap((call) => wayOf(flow, node, call).split(" ")));
    for (const target of ways) if (target !== "") reached.add(target);
  }
  return reached;
}

function isOneOf(call: Call): (caller: Caller) => boolean {
  return (caller) => caller.every(({ path, chosen, all }) => chosen.some((cell) => isIn(call[path], cell, all)));
}

/** Whether a value belongs to a cell, by what the cell says of itself. */
function isIn(value: Scalar | undefined, cell: Cell, all: readonly Cell[]): boolean {
  const isOfNone = !all.some((one) => typeof one.value === typeof value && value !== undefined);
  switch (cell.kind) {
    case "none":
      return isOfNone;
    case "sample":
      return assert.fail("no name is compared with another here");
    case "value":
      return value === cell.value;
    case "other":
      return typeof value === typeof cell.value && !all.some((one) => one.kind === "value" && one.value === value);
    case "between":
      if (value === undefined || typeof value !== typeof cell.value) return false;
      return (cell.above === undefined || value > cell.above) && (cell.below === undefined || value < cell.below);
  }
}

it("a detour that is told is the way that calls take", () => {
  const seen = { told: 0 };
  fc.assert(
    fc.property(versions(DTMF), (parts) => {
      const [live, desired] = [readCallFlow(parts.live), readCallFlow(parts.desired)];
      for (const { inserted, skipped, ...one } of compareCalls(live, desired).divergences) {
        if (inserted.length > 0) assertDetour(desired, one.desired, inserted, one.live);
        if (skipped.length > 0) assertDetour(live, one.live, skipped, one.desired);
        seen.told += inserted.length + skipped.length;
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(seen.told > 50, `it happens: ${seen.told}`);
});

/** Whatever is pressed, calls go from the first node of the detour by all of its nodes to the one node behind it. */
function assertDetour(
  flow: CallFlow,
  first: readonly string[],
  nodes: readonly string[],
  goal: readonly string[],
): void {
  const way = [...nodes, ...goal];
  assert.deepEqual(first, nodes.slice(0, 1));
  assert.equal(goal.length, 1);
  for (const [index, node] of nodes.entries()) {
    for (const pressed of PRESSED) assert.equal(targetsAt(flow, node, pressed), way[index + 1], way.join(" → "));
  }
}

it("what calls hear at the nodes they pass is told when it changes, and is cosmetic where no call passes", () => {
  const seen = { told: 0, silent: 0 };
  fc.assert(
    fc.property(versions(DTMF), (parts) => {
      const { live, desired, sentences } = read(parts);
      const isPassed = reachedBy(live).has("node_1") && reachedBy(desired).has("node_1");
      const skills = [live, desired].map((flow) => flow.nodes.get("node_1")?.properties["skill"]);
      const isTold = sentences.some((text) => text.startsWith("at node_1, skill is now"));
      assert.equal(isTold, isPassed && skills[0] !== skills[1], sentences.join("; "));
      seen[isTold ? "told" : "silent"] += 1;
    }),
    { numRuns: 500 },
  );
  assert.ok(seen.told > 50 && seen.silent > 50, "both happen");
});

it("a change is cosmetic exactly when no call can notice it", () => {
  fc.assert(
    fc.property(versions(DTMF), (parts) => {
      const { live, desired, sentences, impact } = read(parts);
      assert.equal(impact, isNoticed(compareCalls(live, desired)) ? "caller-visible" : "cosmetic");
      assert.equal(impact === "caller-visible", sentences.length > 0, sentences.join("; "));
      assert.deepEqual(flowEffects({ live: parts.live, desired: parts.live, patch: [] }), {
        impact: "cosmetic",
        sentences: [],
      });
    }),
    { numRuns: 500 },
  );
});
