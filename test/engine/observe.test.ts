/** Reading and looking overlap: what is read is looked at while the rest is still read, and forgotten when nothing comes of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type LookAtUnit, type ObserveOptions, observe, observeEach } from "../../src/engine/observe.ts";
import type { ReadDocument } from "../../src/engine/ports.ts";
import { groupIntoUnits } from "../../src/engine/units.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { type DocumentRef, type LiveRead, refKey } from "../../src/model/live.ts";
import { change, EMAIL, FLOW, validate } from "../kinds/manifests.ts";
import { kindOrder } from "./planning.ts";

const flow = (id: string) => change(change(FLOW, "main-menu", id), "ivr_main_menu_v2", id);
const mail = (workflow: string) => change(change(EMAIL, "order-confirmation", workflow), "wf_12345", workflow);

function unitsOf(...manifests: readonly string[]) {
  return groupIntoUnits(validate(manifests.join("---\n")).resources, kindOrder());
}

const unused = (): never => assert.fail("only what is surveyed is asked for here");

/** A store that is asked as a plan asks it: once, for everything. */
function surveyed(read: ReadDocument, ahead: number = 100): ObserveOptions & { readonly ahead: number } {
  const asked = new Set<string>();
  const once: ReadDocument = (ref) => {
    assert.ok(!asked.has(refKey(ref)), `${refKey(ref)} is asked for once`);
    asked.add(refKey(ref));
    return read(ref);
  };
  const store = {
    read: unused,
    survey: async () => once,
    list: unused,
    create: unused,
    replace: unused,
    remove: unused,
  };
  const clock = { now: unused, sleep: unused, random: unused };
  return { store, clock, windowMs: 0, justWritten: new Set(), ahead };
}

const PRESENT: LiveRead = { state: "present", document: {}, version: 1 };

describe("looking while others are read", () => {
  it("a unit is looked at before the last one is read", async () => {
    const looked = Promise.withResolvers<LiveRead>();
    // The second flow is not answered before the first was looked at: with no overlap nobody would ever answer.
    const options = surveyed(async ({ id }) => (id === "ivr_2" ? looked.promise : PRESENT));
    const order: string[] = [];
    const look: LookAtUnit = ({ ref }) => {
      order.push(ref.id);
      looked.resolve(PRESENT);
      return "keep";
    };
    const observation = await observeEach(unitsOf(flow("ivr_1"), flow("ivr_2")), options, look);
    assert.deepEqual(order, ["ivr_1", "ivr_2"]);
    assert.deepEqual(
      observation,
      await observe(
        unitsOf(flow("ivr_1"), flow("ivr_2")),
        surveyed(async () => PRESENT),
      ),
    );
  });

  it("a unit waits for what its resources refer to", async () => {
    const attachment = Promise.withResolvers<LiveRead>();
    const options = surveyed(async ({ id }) => (id === "att_png_002" ? attachment.promise : PRESENT));
    const order: string[] = [];
    await observeEach(unitsOf(mail("wf_1"), flow("ivr_1")), options, (unit, readOf) => {
      order.push(unit.ref.id);
      for (const { ref } of unit.resources.flatMap(({ references }) => references)) {
        assert.equal(readOf(ref).state, "present");
      }
      attachment.resolve(PRESENT);
      return "forget";
    });
    assert.deepEqual(order, ["ivr_1", "wf_1"], "the workflow comes first in a plan, and has to wait all the same");
  });

  it("they are not looked at in one go, so that requests go out in between", async () => {
    let turn = 0;
    let isOver = false;
    const count = () => {
      turn += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    const names = Array.from({ length: 10 }, (_, index) => flow(`ivr_${index}`));
    await observeEach(
      unitsOf(...names),
      surveyed(async () => PRESENT),
      () => {
        turns.push(turn);
        return "forget";
      },
    );
    isOver = true;
    assert.ok(new Set(turns).size >= 8, turns.join(" "));
  });

  it("no more is read ahead than was said, so that no more is held", async () => {
    let held = 0;
    let most = 0;
    const read = async (): Promise<LiveRead> => {
      held += 1;
      most = Math.max(most, held);
      return PRESENT;
    };
    const names = Array.from({ length: 40 }, (_, index) => flow(`ivr_${index}`));
    await observeEach(unitsOf(...names), surveyed(read, 5), () => {
      held -= 1;
      return "forget";
    });
    assert.deepEqual([held, most], [0, 5]);
  });

  it("who fails to look fails the reading", async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return PRESENT;
    };
    const fail: LookAtUnit = () => {
      throw new Error("a defect");
    };
    const many = unitsOf(flow("ivr_1"), flow("ivr_2"), flow("ivr_3"));
    await assert.rejects(observeEach(many, surveyed(read, 1), fail), /a defect/);
    assert.equal(reads, 1, "nothing more is asked for");
  });
});

describe("forgetting", () => {
  const keysAfter = async (look: LookAtUnit, ...manifests: readonly string[]) =>
    [
      ...(
        await observeEach(
          unitsOf(...manifests),
          surveyed(async () => PRESENT),
          look,
        )
      ).keys(),
    ].sort();
  const keep = (...ids: readonly string[]): LookAtUnit => {
    return ({ ref }: { readonly ref: DocumentRef }) => (ids.includes(ref.id) ? "keep" : "forget");
  };

  it("nothing is left of units that nobody needs any more, nor of what they refer to", async () => {
    assert.deepEqual(await keysAfter(keep(), flow("ivr_1"), mail("wf_1")), []);
  });

  it("the document of a unit that is needed stays, and no other", async () => {
    assert.deepEqual(await keysAfter(keep("wf_2"), flow("ivr_1"), mail("wf_1"), mail("wf_2")), ["workflow/wf_2"]);
  });

  it("what two refer to is there for both", async () => {
    const seen: string[] = [];
    const look: LookAtUnit = (unit, readOf) => {
      const refs = unit.resources.flatMap((one: Resource) => one.references.map(({ ref }) => ref));
      seen.push(...refs.map((ref) => readOf(ref).state));
      return "forget";
    };
    assert.deepEqual(await keysAfter(look, mail("wf_1"), mail("wf_2")), []);
    assert.deepEqual(seen, Array(6).fill("present"));
  });
});
