/** Structural masking: where desired holds a secret, neither side of the difference is shown, only that there is one. */
import type { Finding } from "../model/finding.ts";
import { isJsonArray, isJsonObject, type Json, objectFrom } from "../model/json.ts";
import type { Change, Drift, PatchOperation } from "../model/plan.ts";
import { MASK, type Secrets } from "../model/secrets.ts";

export function maskChange(change: Change, secrets: Secrets): Change {
  const secretPaths = new Set(
    change.patch
      .filter((operation) => operation.op !== "remove" && holdsSecret(operation.value, secrets))
      .map(({ path }) => path),
  );
  const live = Object.entries(change.live).map(([path, value]): readonly [string, Json] => [
    secrets.mask(path),
    secretPaths.has(path) ? MASK : maskLive(value, secrets, path.slice(path.lastIndexOf("/") + 1)),
  ]);
  return {
    ...change,
    patch: change.patch.map((operation) => maskOperation(operation, secrets)),
    live: objectFrom(live),
    drift: change.drift && maskDrift(change.drift, secrets),
    effects: change.effects.map((effect) => secrets.maskSuspects(secrets.mask(effect))),
    notes: change.notes.map((note) => secrets.mask(note)),
  };
}

/** Fields are named by what stands live, and who edited them is the tenant's word. */
function maskDrift(drift: Drift, secrets: Secrets): Drift {
  const mask = (text: string) => secrets.maskSuspects(maskText(text, secrets));
  return { ...drift, live: drift.live.map(mask), desired: drift.desired.map(mask), by: drift.by && mask(drift.by) };
}

/** A finding may quote a value that came from the environment. */
export function maskFinding(finding: Finding, secrets: Secrets): Finding {
  const hint = finding.hint === null ? null : secrets.mask(finding.hint);
  return { ...finding, message: secrets.mask(finding.message), hint };
}

export function holdsSecret(value: Json, secrets: Secrets): boolean {
  return JSON.stringify(maskJson(value, secrets)) !== JSON.stringify(value);
}

function maskOperation(operation: PatchOperation, secrets: Secrets): PatchOperation {
  const path = secrets.mask(operation.path);
  return operation.op === "remove"
    ? { ...operation, path }
    : { ...operation, path, value: maskJson(operation.value, secrets) };
}

/** The value with every secret in it replaced, in keys too. */
export function maskJson(value: Json, secrets: Secrets): Json {
  if (typeof value === "string") return maskText(value, secrets);
  if (isJsonArray(value)) return value.map((item) => maskJson(item, secrets));
  if (!isJsonObject(value)) return value;
  return objectFrom(Object.entries(value).map(([key, item]) => [secrets.mask(key), maskJson(item, secrets)]));
}

/** As `maskJson`, for what was read: there a value may stand that was a secret of an earlier manifest. `key` is what the value is called. */
export function maskLive(value: Json, secrets: Secrets, key: string = ""): Json {
  if (typeof value === "string") return secrets.maskSuspects(maskText(value, secrets));
  if (typeof value === "number") return secrets.isSecretNumber(value, key) ? MASK : value;
  if (isJsonArray(value)) return value.map((item) => maskLive(item, secrets, key));
  if (!isJsonObject(value)) return value;
  return objectFrom(Object.entries(value).map(([name, item]) => [secrets.mask(name), maskLive(item, secrets, name)]));
}

/**
 * As `maskLive`, for values that are compared afterwards: texts that become alike by being masked are numbered, each text with a number of
 * its own.
 */
export function maskApart(secrets: Secrets): (value: Json) => Json {
  const numbers = new Map<string, number>();
  const mask = (value: Json, key: string): Json => {
    if (isJsonArray(value)) return value.map((item) => mask(item, key));
    if (isJsonObject(value)) {
      return objectFrom(Object.entries(value).map(([name, item]) => [secrets.mask(name), mask(item, name)]));
    }
    const masked = maskLive(value, secrets, key);
    if (typeof masked !== "string" || masked === value) return masked;
    const text = String(value);
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return masked.replaceAll(MASK, `(secret ${number})`);
  };
  return (value) => mask(value, "");
}

/** A secret too short to be told from ordinary text is still masked where it is the whole value. */
function maskText(text: string, secrets: Secrets): string {
  const masked = secrets.mask(text);
  return masked === text && secrets.isIn(text) ? MASK : masked;
}
