import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { EMPTY_HEAD, type Head, headAt, readLine } from "./chain.ts";
import type { TrailEntry } from "./entry.ts";
import { readLines } from "./lines.ts";
import { ManagedResources } from "./managed.ts";
import { continuesChain } from "./misfit.ts";
import { OpenIntents } from "./runs.ts";

/** What the entries of a trail tell. */
export interface TrailFacts {
  readonly unfinished: OpenIntents;
  readonly managed: ManagedResources;
}

export function emptyFacts(): TrailFacts {
  return { unfinished: new OpenIntents(), managed: new ManagedResources() };
}

const CHUNK_BYTES = 1024 * 1024;

/** The whole lines of a trail as far as they were read, and what was concluded from them. */
export class TrailBeginning {
  readonly facts: TrailFacts = emptyFacts();
  /** Digests of the kept documents that entries name. */
  readonly named = new Set<string>();
  /** The chain's end; undefined when a line did not continue it. */
  chained: Head | undefined = EMPTY_HEAD;
  /** The sequence of the last entry. */
  last = 0;
  #bytes = 0;
  #lines = 0;
  readonly #hash: Hash = createHash("sha256");

  async isStillIn(handle: FileHandle): Promise<boolean> {
    if (this.#bytes === 0) return true;
    const found = createHash("sha256");
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, this.#bytes));
    for (let position = 0; position < this.#bytes; ) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, this.#bytes - position), position);
      if (bytesRead === 0) return false;
      found.update(chunk.subarray(0, bytesRead));
      position += bytesRead;
    }
    return found.digest("hex") === this.#hash.copy().digest("hex");
  }

  /** Reads on to the end, or to a line that is no entry. `torn`: after the last entry stands a part of a line. */
  async readOn(handle: FileHandle): Promise<"end" | "torn" | "odd"> {
    for await (const line of readLines(handle, { position: this.#bytes, number: this.#lines + 1 })) {
      if (line.ending === "missing") return "torn";
      const reading = readLine(line);
      if (line.ending !== "newline" || line.text === null || reading.state !== "entry") return "odd";
      this.#add(reading.entry);
      this.#hash.update(`${line.text}\n`);
      this.#bytes += Buffer.byteLength(line.text) + 1;
      this.#lines += 1;
    }
    return "end";
  }

  #add(entry: TrailEntry): void {
    this.facts.unfinished.add(entry);
    this.facts.managed.add(entry);
    this.named.add(entry.manifest);
    if (entry.image !== null) this.named.add(entry.image);
    const fits = this.chained !== undefined && continuesChain(entry, this.chained, null);
    this.chained = fits ? headAt(entry) : undefined;
    this.last = entry.sequence;
  }
}
