/** What manifests are to say, given what is live. */
import type { Imported } from "../../kinds/importing.ts";
import type { Resource } from "../../kinds/kind.ts";
import { isJsonObject, isSameJson, type JsonObject, type JsonPath, valueAt } from "../../model/json.ts";
import { API_VERSION } from "../../model/manifest.ts";
import { keepWritten } from "../../source/keep-written.ts";
import { makeWriteValues, type RefusedPlace, type WrittenValues } from "../../source/write-values.ts";
import type { Session } from "../session.ts";
import { describeVariable, pointerTo } from "./variable-notes.ts";

/** A manifest's whole document as it is to be written, and what there is to say about it. */
export interface WantedManifest {
  readonly value: JsonObject;
  /** About this one. */
  readonly notes: readonly string[];
  /** The same for every one of its kind. */
  readonly general: readonly string[];
  /** Why it must not be written; undefined when it may. */
  readonly refusal: string | undefined;
  /** References to the environment that differ from live and stay: the plan will show the difference. */
  readonly left: readonly JsonPath[];
  /** The same of references to variables, in a manifest that other tenants share. */
  readonly held: readonly JsonPath[];
  /** Other tenants that are asked for the same from now on. */
  readonly others: readonly string[];
}

export interface WantedOptions {
  readonly useVariables?: boolean;
}

/**
 * A resource's manifest as it would describe a live document: what it says in its own words stays where it is true.
 * undefined when the document does not hold the resource. `value` is the manifest itself when nothing is to be changed.
 * Writes nothing.
 */
export function restateManifest(
  session: Pick<Session, "io" | "tenant" | "config">,
  resource: Resource,
  { document, siblings }: { readonly document: JsonObject; readonly siblings: readonly Resource[] },
  options: WantedOptions = {},
): WantedManifest | undefined {
  const restated = resource.restate(document, siblings);
  const written = resource.source.value;
  if (restated === undefined || !isJsonObject(written)) return undefined;
  const { said, live, short, remarks } = restated;
  const values = writeValuesFor(session, remarks.credentials, options);
  const spec = valueAt(written, "spec") ?? {};
  const sharers = findSharers(session, resource);
  const keeping = { path: ["spec"], write: values.write, keepVariables: sharers.length > 0 };
  const kept = keepWritten({ written: spec, said, live, short }, keeping);
  const value = isSameJson(kept.value, spec) ? written : { ...written, spec: kept.value };
  const others = value === written ? [] : sharers;
  const { notes, refusal } = describe(values, remarks.notes, kept.left);
  const about = { session, sharers, credentials: remarks.credentials };
  return {
    value,
    refusal,
    notes: [
      ...notes,
      ...kept.variables.map((place) => describeVariable(place, about)),
      ...(others.length > 0
        ? [`this manifest is for ${others.join(", ")} as well, and asks for the same there now`]
        : []),
    ],
    general: remarks.general,
    left: kept.left,
    held: kept.variables.filter(({ stays }) => stays).map(({ path }) => path),
    others,
  };
}

/** The other tenants that a manifest is for. */
function findSharers(
  { config, tenant }: Pick<Session, "tenant" | "config">,
  { metadata }: Resource,
): readonly string[] {
  return (metadata.tenants ?? config.tenantNames).filter((name) => name !== tenant.name);
}

/** A new manifest. `tenants` are those that it is for; undefined for every one. */
export function newManifest(
  session: Pick<Session, "io" | "tenant">,
  imported: Imported,
  {
    kind,
    name,
    tenants,
  }: { readonly kind: string; readonly name: string; readonly tenants: readonly string[] | undefined },
  options: WantedOptions = {},
): WantedManifest {
  const { remarks, nameField } = imported;
  const values = writeValuesFor(session, remarks.credentials, options);
  const isNamed = nameField === undefined || imported.name === name;
  const spec = values.write({ ...(!isNamed && { [nameField]: imported.name }), ...imported.spec }, ["spec"]);
  const value = { apiVersion: API_VERSION, kind, metadata: { name, ...(tenants && { tenants }) }, spec };
  return { value, ...describe(values, remarks.notes, []), general: remarks.general, left: [], held: [], others: [] };
}

function writeValuesFor(
  { io, tenant }: Pick<Session, "io" | "tenant">,
  credentials: readonly JsonPath[],
  { useVariables = false }: WantedOptions,
): WrittenValues {
  const { secrets, env } = io;
  return makeWriteValues({ secrets, env, variables: tenant.variables, useVariables, credentials });
}

function describe({ refused, referring }: WrittenValues, notes: readonly string[], left: readonly JsonPath[]) {
  const refusal =
    refused.length === 0
      ? undefined
      : `${refused.map(describeRefused).join("; ")}. Write the manifest by hand, with a reference in its place`;
  return {
    refusal,
    notes: [
      ...notes,
      ...referring.map(
        (path) => `${pointerTo(path)} is written as a reference to the environment, which has this value`,
      ),
      ...left.map((path) => `${pointerTo(path)} refers to the environment and differs live; the reference stays`),
    ],
  };
}

function describeRefused({ path, names }: RefusedPlace): string {
  const place = pointerTo(path);
  if (names.length === 0) return `${place} holds a secret`;
  return `${place} holds what may be a secret: the value of the environment variable${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
}
