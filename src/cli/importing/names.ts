/** Names for new manifests and their files. */
import { sha256 } from "../../model/digest.ts";

const VALID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** With room for a digest and a number. */
const LONGEST_SLUG = 100;

/**
 * `metadata.name` for what is called so on the tenant: the same where that is a name, else what is readable of it and a
 * short digest.
 */
export function nameFor(called: string): string {
  if (VALID.test(called)) return called;
  const slug = called
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, LONGEST_SLUG)
    .replace(/[^A-Za-z0-9]+$/, "");
  const digest = sha256(called).slice(0, 8);
  return slug === "" ? `unnamed-${digest}` : `${slug}-${digest}`;
}

/** Names that are taken, whatever their case: on some disks `A.yaml` and `a.yaml` are one file. */
export class TakenNames {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set([...taken].map((name) => name.toLowerCase()));
  }

  /** The name, or the first of `name-2`, `name-3` … that is free; it is taken from now on. */
  take(name: string): string {
    let free = name;
    for (let number = 2; this.#taken.has(free.toLowerCase()); number += 1) free = `${name}-${number}`;
    this.#taken.add(free.toLowerCase());
    return free;
  }
}
