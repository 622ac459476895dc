import type { z } from "zod";
import type { CallFlow } from "../callpaths/call-flow.ts";
import type { Problem } from "../model/finding.ts";
import type { Graph } from "../model/graph.ts";
import type { Json, JsonObject, JsonPath } from "../model/json.ts";
import type { DocumentRef, LiveRead } from "../model/live.ts";
import type { Manifest, Metadata, SourceDocument } from "../model/manifest.ts";
import type { Effects, PatchOperation } from "../model/plan.ts";
import type { TestResult } from "../model/test-result.ts";
import type { Importing, Restated } from "./importing.ts";

/**
 * A kind of managed thing. Everything that the product knows about its fields is behind this contract.
 * `Spec` is what its schema yields: defaults filled in, unknown keys refused.
 */
export interface Kind<Spec> {
  readonly name: string;
  readonly schema: z.ZodType<Spec>;
  /** The offline rules. Returns every problem found, in any order; must not read anything but its arguments. */
  check(manifest: Manifest<Spec>): readonly Problem[];
  toResource(manifest: Manifest<Spec>, context: KindContext): Resource;
  /** True for a kind that asks its context for what was applied last; without it, nothing is known there. */
  readonly asksLastApplied?: boolean;
  readonly importing: Importing;
}

export interface KindContext {
  /** The value behind a reference such as `${env:NAME}`, undefined when it is unset. What it returns is masked from then on. */
  resolveSecret(reference: string): string | undefined;
  /** The metadata that a resource was last applied with, by its id on the tenant; undefined when the trail does not know it. */
  lastApplied(kind: string, id: string): Metadata | undefined;
}

/** A kind whose spec type is closed over, so that kinds of every spec can stand in one registry. */
export interface RegisteredKind {
  readonly name: string;
  readonly schema: z.ZodType;
  /** Schema, then rules. `resource` or `test` is there when the schema was satisfied, whatever the rules say. */
  load(manifest: Manifest, context: KindContext): LoadedManifest;
  /** As `Kind` says. */
  readonly asksLastApplied?: boolean;
  /** How its manifests are made of live documents; undefined for tests, which are nowhere live. */
  readonly importing?: Importing;
}

export interface LoadedManifest {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly problems: readonly Problem[];
  readonly resource?: Resource;
  readonly test?: ManifestTest;
}

/** What a manifest expects of other manifests. It is never sent, and no plan knows of it. */
export interface ManifestTest {
  readonly kind: string;
  readonly name: string;
  readonly source: SourceDocument;
  /** Runs offline. Must end in bounded time, and not throw whatever the tested manifest holds. */
  run(world: TestWorld): TestRun;
}

/** The other manifests as a test sees them. */
export interface TestWorld {
  find(kind: string, name: string): Sighting;
  /** The text with every secret in it hidden. To be called before anything is escaped. */
  readonly mask: (text: string) => string;
}

/**
 * What there is by a name. `broken`: it has errors of its own, so that nothing can be said about it. `elsewhere`: it is for other tenants
 * only. `nowhere`: no manifest is called so; `names` are those of its kind that there are.
 */
export type Sighting =
  | { readonly state: "sound"; readonly resource: Resource }
  | { readonly state: "broken" | "elsewhere" }
  | { readonly state: "nowhere"; readonly names: readonly string[] };

export interface TestRun {
  readonly problems: readonly Problem[];
  /** undefined when the test is not for this tenant, because what it tests is not. Told when it is asked for: most runs ask for problems. */
  result(): TestResult | undefined;
}

/** A kind of manifest that is a test. */
export interface TestKind<Spec> {
  readonly name: string;
  readonly schema: z.ZodType<Spec>;
  /** The rules about the manifest alone, as for `Kind`. */
  check(manifest: Manifest<Spec>): readonly Problem[];
  toTest(manifest: Manifest<Spec>): ManifestTest;
}

/**
 * One managed thing as a manifest asks for it, able to find itself in a live document and to put itself into one.
 * Several resources may live in one document (e-mail nodes in a workflow); each owns its part and leaves the rest alone.
 */
export interface Resource {
  readonly kind: string;
  readonly name: string;
  /** The id that people know it by on the tenant; shown in plans and the trail. */
  readonly id: string;
  readonly metadata: Metadata;
  readonly source: SourceDocument;
  /**
   * The manifest as it may be kept, `{apiVersion, kind, metadata, spec}`: `load` makes the same resource of it again, once what refers
   * to the environment is resolved. It holds no secret. Made anew whenever it is asked for.
   */
  manifest(): JsonObject;
  /**
   * Why the document must be sent although all that can be read is as desired (a secret that is to be rotated), as a clause for
   * people; undefined when there is no such reason.
   */
  readonly rotation: string | undefined;
  /** The live document that holds it. */
  readonly target: DocumentRef;
  /** True when this resource may bring the document into being; false when it only lives in a document of others. */
  readonly createsDocument: boolean;
  /** Where the manifest names the document, for findings about it. */
  readonly targetPath: JsonPath;
  /** The parts of the document that this resource decides. Two resources must never claim the same. */
  readonly claims: readonly Claim[];
  /** What must exist on the tenant for this resource to work; each is read once per run however many resources name it. */
  readonly references: readonly Reference[];

  /** The owned part as git asks for it, canonical: two equal meanings are one JSON value. */
  desired(siblings: readonly Resource[]): Json;
  /**
   * The owned part as it is in a live document, in the same canonical shape as `desired`; undefined when the document does
   * not hold this resource. Must accept any JSON object: live documents are untrusted.
   */
  live(document: JsonObject, siblings: readonly Resource[]): Json | undefined;
  /**
   * The document with the owned part put in; every other byte as it came. Without a document: a new one.
   * Composing twice equals composing once.
   */
  compose(document: JsonObject | undefined, siblings: readonly Resource[]): JsonObject;
  /**
   * The owned part of a live document as it stands there: a part of the document in the document's own shape, nothing turned into
   * another. Where the document does not hold the resource, what is left of that shape (empty lists).
   */
  excerpt(document: JsonObject, siblings: readonly Resource[]): JsonObject;
  /**
   * The document without this resource and without what cannot be there without it; every other byte as it came. undefined when the
   * resource is the document: then the document itself is to be deleted.
   */
  remove(document: JsonObject, siblings: readonly Resource[]): JsonObject | undefined;
  /**
   * The manifest's spec beside what it would be if it described this document: what `import` edits a manifest by. undefined when the
   * document does not hold the resource. Must accept any JSON object.
   */
  restate(document: JsonObject, siblings: readonly Resource[]): Restated | undefined;
  /** Offline rules that need the other resources of the same document. */
  checkSiblings(siblings: readonly Resource[]): readonly Problem[];
  /**
   * Online rules that need the live document (undefined when absent), asked before anything is written: why it must not be
   * touched, or what it lacks.
   */
  checkDocument(document: JsonObject | undefined, siblings: readonly Resource[]): readonly Problem[];
  /**
   * What is broken in the whole document as it is to be sent, whoever owns it: where only some of its resources are written, one may count
   * on another. Every resource of a document gives the same messages. Must accept any JSON object.
   */
  checkComposed(document: JsonObject): readonly Problem[];
  /** Online checks, given what the references were found to be. An unknown read is the planner's business, not a problem here. */
  checkReferences(readReference: (ref: DocumentRef) => LiveRead): readonly Problem[];
  /** Who will notice when the owned part becomes another one, and what. Must accept any live part, and end in bounded time. */
  effectsOf(change: PartChange): Effects;
  /** The whole document drawn as a graph; undefined when it is no graph. Must accept any JSON object. */
  graphOf(document: JsonObject): Graph | undefined;
  /** The flow as a call goes through it, as git asks for it; undefined for what no call goes through. Made anew whenever it is asked for. */
  callFlow(): CallFlow | undefined;
}

/** The owned part before and after, canonical, and the operations that lead from one to the other. */
export interface PartChange {
  /** undefined when the resource is not live. */
  readonly live: Json | undefined;
  /** undefined when the resource is to be deleted. */
  readonly desired: Json | undefined;
  readonly patch: readonly PatchOperation[];
}

/** `what` is unique within the document: `node/email_send_01`, `whole`. `path` is where the manifest says so. */
export interface Claim {
  readonly what: string;
  readonly path: JsonPath;
}

/** Something else on the tenant that a manifest names, and where. */
export interface Reference {
  readonly ref: DocumentRef;
  readonly path: JsonPath;
}

/** Closes a kind over its spec type. */
export function registerKind<Spec>(kind: Kind<Spec>): RegisteredKind {
  const registered = register(kind, (manifest, context) => ({ resource: kind.toResource(manifest, context) }));
  return { ...registered, asksLastApplied: kind.asksLastApplied ?? false, importing: kind.importing };
}

/** As `registerKind`, for a kind whose manifests are tests. */
export function registerTestKind<Spec>(kind: TestKind<Spec>): RegisteredKind {
  return register(kind, (manifest) => ({ test: kind.toTest(manifest) }));
}

function register<Spec>(
  kind: Pick<Kind<Spec>, "name" | "schema" | "check">,
  make: (manifest: Manifest<Spec>, context: KindContext) => Pick<LoadedManifest, "resource" | "test">,
): RegisteredKind {
  return {
    name: kind.name,
    schema: kind.schema,
    load(manifest, context) {
      const parsed = kind.schema.safeParse(manifest.spec);
      if (!parsed.success) return { issues: parsed.error.issues, problems: [] };
      const typed = { ...manifest, spec: parsed.data };
      return { issues: [], problems: kind.check(typed), ...make(typed, context) };
    },
  };
}
