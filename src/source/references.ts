import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../model/json.ts";

/** A piece of a text that may hold `${…}`. */
export type Piece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reference"; readonly scope: "var" | "env"; readonly name: string; readonly text: string }
  /** `text` is what was written; `body` what stands between the braces, null when they are never closed. */
  | { readonly type: "unknown"; readonly text: string; readonly body: string | null };

const REFERENCE = /^(var|env):([A-Za-z_][A-Za-z0-9_.-]*)$/;
const ENV_REFERENCE = /^\$\{env:([A-Za-z_][A-Za-z0-9_.-]*)\}$/;

/** True when a text has to be cut into pieces at all. */
export function mayHoldReferences(text: string): boolean {
  return text.includes("${");
}

/**
 * Cuts a text at its references. Read from the left:
 *
 * | written        | is                                                  |
 * |----------------|-----------------------------------------------------|
 * | `$${`          | the text `${`; what follows is ordinary text        |
 * | `${var:NAME}`  | a reference; so is `${env:NAME}`                    |
 * | any other `${` | unknown, to its `}` or, without one, to the end     |
 * | a lone `$`     | itself, as in `$contact.language`                   |
 */
export function cutAtReferences(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain !== "") pieces.push({ type: "text", text: plain });
    plain = "";
  };
  for (let open = text.indexOf("${", at); open !== -1; open = text.indexOf("${", at)) {
    if (open > at && text[open - 1] === "$") {
      plain += `${text.slice(at, open - 1)}\${`;
      at = open + 2;
      continue;
    }
    plain += text.slice(at, open);
    flush();
    const piece = readBraces(text, open);
    pieces.push(piece);
    at = open + piece.text.length;
  }
  plain += text.slice(at);
  flush();
  return pieces;
}

function readBraces(text: string, open: number): Piece {
  const close = text.indexOf("}", open);
  if (close === -1) return { type: "unknown", text: text.slice(open), body: null };
  const body = text.slice(open + 2, close);
  const written = text.slice(open, close + 1);
  const [, scope, name] = REFERENCE.exec(body) ?? [];
  if ((scope !== "var" && scope !== "env") || name === undefined) return { type: "unknown", text: written, body };
  return { type: "reference", scope, name, text: written };
}

/** The variable that a text refers to when it is `${env:NAME}` and nothing else. */
export function envNameOf(text: string): string | undefined {
  return ENV_REFERENCE.exec(text)?.[1];
}

/** True when a text is exactly one reference to the environment, and so holds no secret itself. */
export function isEnvReference(text: string): boolean {
  return envNameOf(text) !== undefined;
}

/**
 * The value behind a text that is exactly `${env:NAME}`; undefined when the text is anything else, or the variable is unset or
 * empty. Whoever calls it has to remember the value as a secret.
 */
export function resolveReference(text: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = envNameOf(text);
  if (name === undefined || !Object.hasOwn(env, name)) return undefined;
  return env[name] || undefined;
}

/** True when a text in the value refers to the environment, alone or among other text. */
export function refersToEnvironment(value: Json): boolean {
  return namesIn(value, "env").length > 0;
}

/** Every variable of the environment that texts in the values refer to. */
export function environmentNames(values: Iterable<Json>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const value of values) for (const name of namesIn(value, "env")) names.add(name);
  return names;
}

/** Each `${var:NAME}` that texts in the value refer to, once. */
export function variableNames(value: Json): readonly string[] {
  return [...new Set(namesIn(value, "var"))];
}

function namesIn(value: Json, scope: "var" | "env"): readonly string[] {
  if (!holdsReferences(value)) return [];
  return referringTexts(value)
    .flatMap(cutAtReferences)
    .flatMap((piece) => (piece.type === "reference" && piece.scope === scope ? piece.name : []));
}

function referringTexts(value: Json): readonly string[] {
  if (typeof value === "string") return mayHoldReferences(value) ? [value] : [];
  if (isJsonArray(value)) return value.flatMap(referringTexts);
  return isJsonObject(value) ? Object.values(value).flatMap(referringTexts) : [];
}

/** Whether there is a reference in what was walked through: a document is asked several times, and most hold none. */
const holders = new WeakMap<JsonObject, boolean>();

/**
 * Spares the documents of a file the walk where the file's own text shows that none of them refers to anything: what is `${` in a value is
 * `${` in the text, or written with a backslash.
 */
export function noteReferences(fileText: string, values: readonly Json[]): void {
  if (mayHoldReferences(fileText) || fileText.includes("\\")) return;
  for (const value of values) if (isJsonObject(value)) holders.set(value, false);
}

/** True when a text somewhere in the value has to be cut into pieces. Of an object the answer is remembered. */
export function holdsReferences(value: Json): boolean {
  if (!isJsonObject(value)) return findReference(value);
  const known = holders.get(value);
  if (known !== undefined) return known;
  const found = findReference(value);
  holders.set(value, found);
  return found;
}

function findReference(value: Json): boolean {
  if (typeof value === "string") return mayHoldReferences(value);
  if (typeof value !== "object" || value === null) return false;
  if (isJsonArray(value)) {
    for (const item of value) if (findReference(item)) return true;
    return false;
  }
  for (const key of Object.keys(value)) if (findReference(value[key] ?? null)) return true;
  return false;
}
