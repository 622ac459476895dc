/**
 * A trail as one run reads it. Several steps of a run ask what its entries tell and whether it verifies; the trail is long, and between two
 * of them as a rule nothing was added, or a few lines.
 *
 *   what was read before      its bytes are hashed, and nothing else, where they are still the same bytes: what was concluded from them
 *                             still holds. One that differs, and everything is read again from the first line
 *   what was added since      is read and judged, and continues what was concluded
 *   a kept document           is read and hashed once: when an entry names it that was not verified before
 *   anything that is amiss    is left to `verifyTrail` and `readTrail`, which read all of it and say what it is
 *
 * Nothing of this outlives the process: the next run trusts no byte that it has not read itself.
 */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { readHead } from "./head-file.ts";
import { examineKept } from "./kept.ts";
import { readTrail } from "./read.ts";
import type { RememberedHead } from "./signature.ts";
import { emptyFacts, TrailBeginning, type TrailFacts } from "./trail-beginning.ts";
import type { SoundTrail, TrailVerdict } from "./verdict.ts";
import { judgeSound, type VerifyOptions, verifyTrail } from "./verify.ts";

/** So many kept documents are read before others get a turn. */
const KEPT_IN_A_ROW = 100;

export class TrailReading {
  readonly #path: string;
  #begun = new TrailBeginning();
  /** Digests of kept documents that were as they were kept. */
  readonly #sound = new Set<string>();
  /** Two steps at once would read the same lines twice. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#path = resolve(file);
  }

  /** What the trail tells now. Throws as `readTrail` does. */
  facts(): Promise<TrailFacts> {
    return this.#alone(async () => {
      const known = await this.#catchUp();
      return known?.beginning.facts ?? (await readFacts(this.#path));
    });
  }

  /** As `verifyTrail`, of what was not verified before. */
  verify(options: VerifyOptions = {}): Promise<TrailVerdict> {
    return this.#alone(async () => (await this.#verifyNew(options)) ?? verifyTrail(this.#path, options));
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** undefined where something is not as it usually is. */
  async #verifyNew({ verifyKey }: VerifyOptions): Promise<SoundTrail | undefined> {
    const known = await this.#catchUp();
    if (known === undefined || known.isTorn) return undefined;
    const { chained, named } = known.beginning;
    if (chained?.hash !== known.remembered.hash || !(await this.#areKept(named))) return undefined;
    const chain = { ok: true, entries: chained.sequence, head: chained.hash, warnings: [] } as const;
    const verdict = judgeSound(chain, known.remembered, verifyKey);
    return verdict.ok ? verdict : undefined;
  }

  async #areKept(digests: ReadonlySet<string>): Promise<boolean> {
    let read = 0;
    for (const digest of digests) {
      if (this.#sound.has(digest)) continue;
      const state = await examineKept(this.#path, digest).catch(() => undefined);
      if (state !== "sound") return false;
      this.#sound.add(digest);
      read += 1;
      if (read % KEPT_IN_A_ROW === 0) await turn();
    }
    return true;
  }

  /** Reads what was added. undefined when there is no trail, or one that cannot be read to its end or ends before its head file says. */
  async #catchUp(): Promise<CaughtUp | undefined> {
    try {
      // Head first: what is appended in between may only make it lag.
      const remembered = await readHead(this.#path);
      const handle = await open(this.#path, "r");
      try {
        if (!(await handle.stat()).isFile()) return undefined;
        if (!(await this.#begun.isStillIn(handle))) this.#begun = new TrailBeginning();
        const ending = await this.#begun.readOn(handle);
        if (remembered === null || ending === "odd" || this.#begun.last < remembered.sequence) return undefined;
        return { beginning: this.#begun, remembered, isTorn: ending === "torn" };
      } finally {
        await handle.close();
      }
    } catch {
      // Whoever reads it in full finds the same, and says what it is.
      this.#begun = new TrailBeginning();
      return undefined;
    }
  }
}

interface CaughtUp {
  readonly beginning: TrailBeginning;
  readonly remembered: RememberedHead;
  readonly isTorn: boolean;
}

async function readFacts(path: string): Promise<TrailFacts> {
  const facts = emptyFacts();
  for await (const entry of readTrail(path)) {
    facts.unfinished.add(entry);
    facts.managed.add(entry);
  }
  return facts;
}
