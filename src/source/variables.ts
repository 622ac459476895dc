import { closest, didYouMean } from "../model/closest.ts";
import type { Problem } from "../model/finding.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, type JsonPath, objectFrom } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import { cutAtReferences, holdsReferences, mayHoldReferences, type Piece } from "./references.ts";

export { environmentNames, isEnvReference, resolveReference } from "./references.ts";

export type VariableValue = string | number | boolean;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface VariableOptions {
  /** What `${var:NAME}` may name. */
  readonly variables: Readonly<Record<string, VariableValue>>;
  /** What `${env:NAME}` may name. Values that are used are added to `secrets`. */
  readonly env: Environment;
  readonly secrets: Secrets;
  /** Variables of the environment that something asks for. None of them is offered as what another was meant to be: it has a use. */
  readonly asked?: ReadonlySet<string>;
  /** Where `${env:…}` stays as it is written, to be resolved when the value is sent. */
  readonly keepEnvAt?: (path: JsonPath) => boolean;
}

export interface ResolvedValue {
  readonly value: Json;
  readonly problems: readonly Problem[];
}

/**
 * Puts variables into the string values (never the keys) of a document. A text that is exactly one `${var:NAME}` takes the
 * variable's type; otherwise the result is text. Results are not searched again. What is unset (an empty environment variable
 * counts, as that is what CI makes of a missing secret) and every other form of `${…}` is a problem, and stays as written.
 * Never throws; never changes its input; a value that refers to nothing is returned as it came, not copied.
 */
export function resolveVariables(value: Json, options: VariableOptions): ResolvedValue {
  if (!holdsReferences(value)) return { value, problems: [] };
  const problems: Problem[] = [];
  return { value: resolveValue(value, [], options, problems), problems };
}

/** `path` is one growing and shrinking list, so that a document without references costs no allocation. */
function resolveValue(value: Json, path: (string | number)[], options: VariableOptions, problems: Problem[]): Json {
  if (typeof value === "string") {
    return mayHoldReferences(value) ? resolveText(value, [...path], options, problems) : value;
  }
  if (isJsonArray(value)) {
    const changed = resolveChildren(value.entries(), path, options, problems);
    return changed === undefined ? value : value.map((item, index) => changed.get(index) ?? item);
  }
  if (!isJsonObject(value)) return value;
  const changed = resolveChildren(entriesOf(value), path, options, problems);
  if (changed === undefined) return value;
  return objectFrom(Object.entries(value).map(([key, item]) => [key, changed.get(key) ?? item]));
}

/** The children that came out different, by key or index; undefined when none did. */
function resolveChildren<Key extends string | number>(
  children: Iterable<readonly [Key, Json]>,
  path: (string | number)[],
  options: VariableOptions,
  problems: Problem[],
): ReadonlyMap<Key, Json> | undefined {
  let changed: Map<Key, Json> | undefined;
  for (const [key, child] of children) {
    path.push(key);
    const resolved = resolveValue(child, path, options, problems);
    path.pop();
    if (resolved === child) continue;
    changed ??= new Map();
    changed.set(key, resolved);
  }
  return changed;
}

function* entriesOf(object: JsonObject): Iterable<readonly [string, Json]> {
  for (const key of Object.keys(object)) yield [key, object[key] ?? null];
}

function resolveText(text: string, path: JsonPath, options: VariableOptions, problems: Problem[]): Json {
  const keepsEnv = options.keepEnvAt?.(path) ?? false;
  const values = cutAtReferences(text).map((piece): VariableValue => {
    // A kept text is read once more when it is sent; unescaping it now would make a reference of what was escaped.
    if (piece.type === "text") return keepsEnv ? piece.text.replaceAll("${", () => "$${") : piece.text;
    if (piece.type === "unknown") {
      problems.push(describeUnknown(piece, path, options));
      return piece.text;
    }
    if (piece.scope === "env" && keepsEnv) return piece.text;
    const found = lookUp(piece, options);
    if (found === undefined) problems.push(describeUnset(piece, path, options));
    return found ?? piece.text;
  });
  const [only, ...others] = values;
  return only !== undefined && others.length === 0 ? only : values.join("");
}

type Reference = Extract<Piece, { type: "reference" }>;
type Unknown = Extract<Piece, { type: "unknown" }>;

function lookUp(reference: Reference, options: VariableOptions): VariableValue | undefined {
  const { scope, name } = reference;
  if (scope === "var") return Object.hasOwn(options.variables, name) ? options.variables[name] : undefined;
  const value = Object.hasOwn(options.env, name) ? options.env[name] : undefined;
  if (value === undefined || value === "") return undefined;
  options.secrets.add(value);
  return value;
}

function describeUnset(reference: Reference, path: JsonPath, options: VariableOptions): Problem {
  const { scope, name } = reference;
  const rule = "variables/unset";
  if (scope === "env") {
    const isEmpty = Object.hasOwn(options.env, name) && options.env[name] === "";
    const message = `the environment variable ${name} is ${isEmpty ? "empty" : "not set"}`;
    const near = isEmpty ? undefined : didYouMean(name, unasked(options));
    return { rule, message, path, hint: joinSentences(near, `Set ${name} where this runs.`) };
  }
  const near = didYouMean(name, Object.keys(options.variables));
  const advice = `Give "${name}" a value under "variables" of the tenant in the configuration.`;
  return { rule, message: `the variable "${name}" has no value`, path, hint: joinSentences(near, advice) };
}

function describeUnknown(piece: Unknown, path: JsonPath, options: VariableOptions): Problem {
  const rule = "variables/unknown-form";
  const literal = `For the characters themselves write "$\${".`;
  if (piece.body === null) return { rule, message: `a "\${" is never closed`, path, hint: `Add the "}". ${literal}` };
  const message = `"\${${shorten(piece.body)}}" is neither \${var:NAME} nor \${env:NAME}`;
  const meant = guessMeant(piece.body.trim(), options);
  return { rule, message, path, hint: joinSentences(meant && `Did you mean "${meant}"?`, literal) };
}

function guessMeant(body: string, options: VariableOptions): string | undefined {
  const [, written, name] = /^([A-Za-z]*)\s*[:.]\s*([A-Za-z_][A-Za-z0-9_.-]*)$/.exec(body) ?? [];
  if (written !== undefined && name !== undefined) {
    const scope = closest(written, ["var", "env"]) ?? closest(written, ["variable", "environment"])?.slice(0, 3);
    return scope === undefined ? undefined : `\${${scope}:${name}}`;
  }
  if (Object.hasOwn(options.env, body)) return `\${env:${body}}`;
  const near = closest(body, Object.keys(options.variables)) ?? closest(body, unasked(options));
  if (near === undefined) return undefined;
  return Object.hasOwn(options.variables, near) ? `\${var:${near}}` : `\${env:${near}}`;
}

function unasked({ env, asked }: VariableOptions): readonly string[] {
  return Object.keys(env).filter((name) => asked?.has(name) !== true);
}

function joinSentences(...sentences: readonly (string | undefined)[]): string {
  return sentences.filter((sentence) => sentence !== undefined && sentence !== "").join(" ");
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
