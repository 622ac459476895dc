import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appendToChain, EMPTY_HEAD, type Head } from "../../src/audit/chain.ts";
import { type ByteSource, checkTail } from "../../src/audit/tail.ts";
import { failsWith, manyRecords, recordWith } from "./world.ts";

interface CountedSource extends ByteSource {
  bytesRead(): number;
}

function sourceOf(text: string): CountedSource {
  const bytes = Buffer.from(text);
  let count = 0;
  return {
    size: bytes.length,
    bytesRead: () => count,
    async read(position, length) {
      count += length;
      return bytes.subarray(position, position + length);
    },
  };
}

describe("the tail check", () => {
  it("reads the end of a trail of 50,000 entries only", async () => {
    const { text, head } = appendToChain(EMPTY_HEAD, manyRecords(50_000));
    const source = sourceOf(text);
    const tail = await checkTail(source, head, "f");
    assert.deepEqual(tail.head, head);
    assert.ok(source.size > 25_000_000, `${source.size}`);
    assert.ok(source.bytesRead() <= 64 * 1024, `${source.bytesRead()}`);
  });

  it("reads as far as the head file lags, and no further", async () => {
    const first = appendToChain(EMPTY_HEAD, manyRecords(2_000));
    const second = appendToChain(first.head, manyRecords(1_000));
    const source = sourceOf(first.text + second.text);
    const tail = await checkTail(source, first.head, "f");
    assert.equal(tail.beyond, 1_000);
    assert.ok(source.bytesRead() < Buffer.byteLength(second.text) + 2 * 64 * 1024);
    assert.ok(source.bytesRead() >= Buffer.byteLength(second.text));
  });

  it("puts a line together that is longer than what is read at once", async () => {
    const long = recordWith({ patch: [{ op: "add", path: "/x", value: "ä".repeat(500_000) }] });
    const { text, head } = appendToChain(EMPTY_HEAD, [recordWith(), long]);
    const torn = "ö".repeat(100_000);
    const tail = await checkTail(sourceOf(text + torn), head, "f");
    assert.deepEqual(tail.head, head);
    assert.equal(tail.torn.toString(), torn);
    assert.equal(tail.end, Buffer.byteLength(text));
  });

  it("takes nothing for an empty trail, with or without a head file", async () => {
    for (const remembered of [null, EMPTY_HEAD]) {
      const tail = await checkTail(sourceOf(""), remembered, "f");
      assert.deepEqual(tail, { head: EMPTY_HEAD, beyond: 0, torn: Buffer.alloc(0), end: 0 });
    }
  });

  const { text, head } = appendToChain(EMPTY_HEAD, manyRecords(3));
  const lines = text.split("\n").slice(0, -1);
  const refusals: readonly { reason: string; text: string; remembered: Head | null }[] = [
    { reason: "the head file is ahead", text, remembered: { sequence: 4, hash: "a".repeat(64) } },
    { reason: "the head file has another hash", text, remembered: { ...head, hash: "a".repeat(64) } },
    { reason: "the head file's entry is another", text, remembered: { sequence: 2, hash: "a".repeat(64) } },
    { reason: "the first entry is gone, no head file", text: `${lines.slice(1).join("\n")}\n`, remembered: null },
    { reason: "something stands before the first", text: `\n${text}`, remembered: null },
    { reason: "the bytes are not UTF-8", text: `${lines[0]}\n\ufffd\n`, remembered: null },
  ];
  for (const { reason, text: tampered, remembered } of refusals) {
    it(`refuses: ${reason}`, async () => {
      await assert.rejects(
        checkTail(sourceOf(tampered), remembered, "f"),
        failsWith("audit/broken", "Nothing was appended"),
      );
    });
  }
});
