import type { Unit } from "../../engine/units.ts";
import { GitopsError } from "../../errors.ts";
import type { Resource } from "../../kinds/kind.ts";
import { didYouMean } from "../../model/closest.ts";
import { type Finding, hasErrors } from "../../model/finding.ts";
import { stringAt, valueAt } from "../../model/json.ts";
import { refKey } from "../../model/live.ts";
import type { SourceDocument } from "../../model/manifest.ts";
import type { TestResult } from "../../model/test-result.ts";

export interface Sought {
  /** `metadata.name`, or an id on the tenant. */
  readonly name: string;
  /** Only resources of this kind. */
  readonly kind: string | undefined;
}

/** A document to draw, and a resource in it that knows how. */
export interface Drawable {
  readonly unit: Unit;
  readonly resource: Resource;
}

/** The manifests of one revision as far as they can be understood: what has errors may still be drawn, to see them. */
export interface LoadedUnits {
  readonly units: readonly Unit[];
  /** Every document for the tenant. */
  readonly documents: readonly SourceDocument[];
  readonly tests: readonly TestResult[];
  readonly findings: readonly Finding[];
}

/**
 * The document that the name leads to; a name counts before an id, and what is sought in first before what is sought in then. Throws
 * `graph/not-found` when there is none, or when the name leads to several.
 */
export function findDrawable(places: readonly LoadedUnits[], sought: Sought): Drawable {
  const lists = places.map(({ units }) =>
    units.flatMap((unit) => unit.resources.map((resource) => ({ unit, resource }))),
  );
  const drawable = lists.map((list) => list.filter((one) => isDrawable(one, sought)));
  const byName = drawable.map((list) => list.filter(({ resource }) => resource.name === sought.name));
  const byId = drawable.map((list) => list.filter(({ resource }) => hasId(resource, sought.name)));
  const found = [...byName, ...byId].find((list) => list.length > 0) ?? [];
  const [first] = found;
  if (first === undefined) throw notFound(lists.flat(), drawable.flat(), sought, places);
  const documents = new Map(found.map((one) => [refKey(one.unit.ref), one]));
  if (documents.size > 1) throw ambiguous([...documents.values()], sought);
  return first;
}

function isDrawable({ resource }: Drawable, { kind }: Sought): boolean {
  return (kind === undefined || resource.kind === kind) && resource.graphOf({}) !== undefined;
}

function hasId({ id, target }: Resource, name: string): boolean {
  return id === name || target.id === name;
}

function notFound(
  all: readonly Drawable[],
  drawable: readonly Drawable[],
  { name, kind }: Sought,
  places: readonly LoadedUnits[],
): GitopsError {
  const other = all.find(({ resource }) => resource.name === name || resource.id === name)?.resource;
  const test = places.flatMap(findTests).find((one) => one.name === name);
  if (other === undefined && test !== undefined) return noGraph(test.kind, name);
  if (other !== undefined) {
    if (other.graphOf({}) === undefined) return noGraph(other.kind, name);
    const hint = `Ask for it with --kind ${other.kind}.`;
    return new GitopsError("graph/not-found", `"${name}" is of kind ${other.kind}, not ${kind}`, { hint });
  }
  const near = didYouMean(
    name,
    drawable.flatMap(({ resource }) => [resource.name, resource.id]),
  );
  const isBroken = places.some(({ findings }) => hasErrors(findings));
  const hints = [
    near,
    isBroken
      ? "Some manifests have errors and may be missing for that; `cxone-gitops validate` lists them."
      : undefined,
  ].filter((hint) => hint !== undefined);
  const hint = hints.length > 0 ? hints.join(" ") : "It is drawn by its metadata.name or by its id on the tenant.";
  return new GitopsError("graph/not-found", `no ${kind ?? "manifest"} is called "${name}"`, { hint });
}

function noGraph(kind: string, name: string): GitopsError {
  const hint = "Flows, workflows and e-mail nodes can be drawn.";
  return new GitopsError("graph/not-found", `${kind} "${name}" is no graph`, { hint });
}

/** What the tests among the manifests are called, and of which kind each is. */
export function findTests({ documents, tests }: LoadedUnits): readonly Named[] {
  const keys = new Set(tests.map(({ file, name }) => JSON.stringify([file, name])));
  return documents.flatMap((document) => {
    const named = nameOf(document);
    return named !== undefined && keys.has(JSON.stringify([document.file, named.name])) ? [named] : [];
  });
}

export interface Named {
  readonly kind: string;
  readonly name: string;
}

/** Of a document that may have errors: what it calls itself. */
export function nameOf({ value }: SourceDocument): Named | undefined {
  const [kind, name] = [stringAt(value, "kind"), stringAt(valueAt(value, "metadata"), "name")];
  return kind === undefined || name === undefined ? undefined : { kind, name };
}

function ambiguous(found: readonly Drawable[], { name }: Sought): GitopsError {
  const list = found.map(({ resource }) => `${resource.kind} ${resource.name} (${refKey(resource.target)})`).join(", ");
  return new GitopsError("graph/not-found", `"${name}" is several things: ${list}`, {
    hint: "Say which with --kind, or by its metadata.name.",
  });
}
