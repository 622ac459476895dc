/** `KIND/NAME` as `--only` takes it. The kind's case does not count; `*` stands for any text, in the name or for any kind. */
import { GitopsError } from "../../errors.ts";
import { didYouMean } from "../../model/closest.ts";

export interface Named {
  readonly kind: string;
  readonly name: string;
}

export interface NamePattern {
  /** As it was given. */
  readonly text: string;
  matches(named: Named): boolean;
}

const HINT = "Write KIND/NAME, such as Flow/main-menu or 'EmailNode/order-*'.";

/** Throws `usage` for what is not `KIND/NAME`, and for a kind that there is not. */
export function parseNamePattern(text: string, kinds: readonly string[]): NamePattern {
  const slash = text.indexOf("/");
  const [written, name] = [text.slice(0, slash).trim(), text.slice(slash + 1).trim()];
  if (slash === -1 || written === "" || name === "") {
    throw new GitopsError("usage", `--only "${text}" does not name a kind and a name`, { hint: HINT });
  }
  const kind = written === "*" ? "*" : kinds.find((known) => known.toLowerCase() === written.toLowerCase());
  if (kind === undefined) {
    const hint = didYouMean(written, kinds) ?? `Kinds that are on a tenant: ${kinds.join(", ")}.`;
    throw new GitopsError("usage", `--only "${text}": no kind "${written}" is on a tenant`, { hint });
  }
  const matchesName = makeGlob(name);
  return { text, matches: (named) => (kind === "*" || named.kind === kind) && matchesName(named.name) };
}

/** In time that grows with the text alone, whatever the pattern. */
function makeGlob(pattern: string): (text: string) => boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of others) {
      const found = text.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
