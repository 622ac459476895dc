/** Live values as manifests may hold them: no reference by accident, and no secret. */
import { isJsonArray, isJsonObject, type Json, type JsonPath, objectFrom } from "../model/json.ts";
import { MASK, type Secrets } from "../model/secrets.ts";
import type { Environment, VariableValue } from "./variables.ts";

export interface WritingOptions {
  readonly secrets: Secrets;
  readonly env: Environment;
  readonly variables: Readonly<Record<string, VariableValue>>;
  /** Also what is no secret becomes `${var:NAME}` where it equals one variable. */
  readonly useVariables: boolean;
  /** Places that hold a credential, whatever `secrets` knows. */
  readonly credentials: readonly JsonPath[];
}

export interface WrittenValues {
  /** The value with texts escaped, and references in place of what must not stand there. */
  readonly write: (value: Json, path: JsonPath) => Json;
  /** Places whose text is a secret that no reference stands for. Not to be written. */
  readonly refused: readonly RefusedPlace[];
  /** Places that refer to the environment now. */
  readonly referring: readonly JsonPath[];
}

export interface RefusedPlace {
  readonly path: JsonPath;
  /** The environment variables whose values are in the text; none where the secret is known from elsewhere. */
  readonly names: readonly string[];
}

/** Shorter texts equal a variable by chance. */
const SHORTEST_VARIABLE = 4;
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** A writer for one manifest; it gathers what it refuses. */
export function makeWriteValues(options: WritingOptions): WrittenValues {
  const refused: RefusedPlace[] = [];
  const referring: JsonPath[] = [];
  const credentials = new Set(options.credentials.map((path) => JSON.stringify(path)));
  const variableNames = namesByText(Object.entries(options.variables));
  const envNames = namesByText(Object.entries(options.env));

  function writeText(text: string, path: JsonPath): string {
    const variable = onlyOne(variableNames.get(text));
    const isSecret = credentials.has(JSON.stringify(path)) || holdsSecret(text, options.secrets);
    const mayRefer = isSecret || (options.useVariables && text.length >= SHORTEST_VARIABLE);
    if (variable !== undefined && mayRefer) return `\${var:${variable}}`;
    if (!isSecret) return text.replaceAll("${", () => "$${");
    const name = onlyOne(envNames.get(text));
    if (name === undefined) refused.push({ path, names: namesIn(text, options.env) });
    else referring.push(path);
    return name === undefined ? MASK : `\${env:${name}}`;
  }

  function write(value: Json, path: JsonPath): Json {
    if (typeof value === "string") return writeText(value, path);
    // A password may be a number, and a key of an object.
    if (credentials.has(JSON.stringify(path))) refused.push({ path, names: [] });
    if (isJsonArray(value)) return value.map((item, index) => write(item, [...path, index]));
    if (!isJsonObject(value)) return value;
    return objectFrom(
      Object.entries(value).map(([key, item]) => {
        if (holdsSecret(key, options.secrets)) refused.push({ path, names: namesIn(key, options.env) });
        return [key, write(item, [...path, key])];
      }),
    );
  }

  return { write, refused, referring };
}

/** Whether some output would mask a part of the text, or all of it. */
export function holdsSecret(text: string, secrets: Secrets): boolean {
  return secrets.isIn(text) || secrets.mask(text) !== text || secrets.maskSuspects(text) !== text;
}

function namesByText(entries: readonly (readonly [string, unknown])[]): ReadonlyMap<unknown, readonly string[]> {
  const texts = entries.filter(([name, value]) => typeof value === "string" && value !== "" && NAME.test(name));
  const groups = Map.groupBy(texts, ([, value]) => value);
  return new Map([...groups].map(([value, group]) => [value, group.map(([name]) => name)]));
}

/** A value of one or two characters is in most texts. */
function namesIn(text: string, env: Environment): readonly string[] {
  return Object.keys(env)
    .filter((name) => (env[name] ?? "").length > 3 && text.includes(env[name] ?? ""))
    .sort();
}

function onlyOne(names: readonly string[] | undefined): string | undefined {
  return names?.length === 1 ? names[0] : undefined;
}
