import { GitopsError } from "../../errors.ts";
import { KINDS } from "../../kinds/registry.ts";
import { didYouMean } from "../../model/closest.ts";
import { type DocumentRef, refKey } from "../../model/live.ts";
import type { MailForm } from "./forms.ts";

/** Kinds that live things can be imported as. */
export const IMPORTABLE: readonly string[] = KINDS.flatMap(({ name, importing }) => (importing ? [name] : []));

/** What an import is about. */
export interface ImportScope {
  /** Manifests of these kinds are edited. */
  readonly editedKinds: ReadonlySet<string>;
  /** New manifests are made of these kinds: one for each type of document. */
  readonly newKinds: ReadonlySet<string>;
  /** In the order of the registry. */
  readonly documentTypes: readonly string[];
  /** The documents that were named; undefined for all that the tenant can list. */
  readonly named: readonly DocumentRef[] | undefined;
}

export interface ScopeOptions {
  readonly kind?: readonly string[];
  readonly as?: MailForm;
}

/** Throws `usage` for flags that contradict each other, and for words that are no `TYPE/ID` within them. */
export function readScope(words: readonly string[], { kind = IMPORTABLE, as }: ScopeOptions): ImportScope {
  const wanted = new Set(kind);
  const unknown = kind.find((name) => !IMPORTABLE.includes(name));
  if (unknown !== undefined) throw unknownKind(unknown);
  const form = as ?? (wanted.has("EmailNode") && !wanted.has("Workflow") ? "email-nodes" : "workflows");
  const left = form === "email-nodes" ? "Workflow" : "EmailNode";
  const newKinds = new Set([...wanted].filter((name) => name !== left));
  if (wanted.has(left) && newKinds.size === 0) {
    throw new GitopsError("usage", `--as ${form} makes no manifests of kind ${left}`, {
      hint: "Leave out --as, or --kind.",
    });
  }
  const types = KINDS.flatMap(({ name, importing }) => (importing && wanted.has(name) ? [importing.documentType] : []));
  const documentTypes = [...new Set(types)];
  const named = words.map((word) => readRef(word, documentTypes));
  const byKey = new Map(named.map((ref) => [refKey(ref), ref]));
  return { editedKinds: wanted, newKinds, documentTypes, named: words.length === 0 ? undefined : [...byKey.values()] };
}

function unknownKind(name: string): GitopsError {
  const hint = didYouMean(name, IMPORTABLE) ?? `These can: ${IMPORTABLE.join(", ")}.`;
  return new GitopsError("usage", `nothing can be imported as kind "${name}"`, { hint });
}

function readRef(word: string, types: readonly string[]): DocumentRef {
  const [, type = "", id = ""] = /^([^/]*)\/(.+)$/s.exec(word) ?? [];
  if (types.includes(type) && id.trim() !== "") return { type, id };
  const near = type === "" ? undefined : didYouMean(type, types);
  const message = `"${word}" does not name a document to import`;
  const form = `Write TYPE/ID, with one of the types ${types.join(", ")}: flow/ivr_main_menu_v2.`;
  throw new GitopsError("usage", message, { hint: near === undefined ? form : `${near} ${form}` });
}
