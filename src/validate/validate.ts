import type { KindContext, LoadedManifest, RegisteredKind, Resource } from "../kinds/kind.ts";
import { didYouMean } from "../model/closest.ts";
import { compareFindings, compareText, type Finding, hasErrors, locate, type Problem } from "../model/finding.ts";
import { isJsonObject, type Json, type JsonPath, valueAt } from "../model/json.ts";
import { API_VERSION, type SourceDocument } from "../model/manifest.ts";
import { describeIssues, type SchemaCheck } from "../model/schema-issues.ts";
import type { Secrets } from "../model/secrets.ts";
import { applySeverities, type RuleSeverities } from "../model/severity.ts";
import type { TestResult } from "../model/test-result.ts";
import { environmentNames, resolveReference, resolveVariables } from "../source/variables.ts";
import { checkAnnotations } from "./annotations.ts";
import { checkTogether } from "./cross-rules.ts";
import { envelopeSchema } from "./envelope.ts";
import { runTests } from "./run-tests.ts";
import { checkTenants, isForTenant } from "./tenant-filter.ts";

const UNKNOWN_KEY = "manifest/unknown-key";

export interface ValidationInput {
  readonly documents: readonly SourceDocument[];
  readonly kinds: readonly RegisteredKind[];
  /** Whose manifests to look at; null for all of them, whatever tenants they name. */
  readonly tenant: string | null;
  /** Every tenant there is, so that a misspelt one is noticed; null where there is no configuration to know them from. */
  readonly knownTenants: readonly string[] | null;
  readonly variables: Readonly<Record<string, string | number | boolean>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly severities: RuleSeverities;
  /** Receives every value that came from the environment. */
  readonly secrets: Secrets;
  /** What the trail knows of a resource; without it, nothing is known. */
  readonly lastApplied?: KindContext["lastApplied"];
}

export interface Validation {
  /** In the order of kind, then name. Complete and sound only while no finding is an error. */
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
  /** What the tests among the manifests found out, in the order of file, then place in it. Their problems are among the findings. */
  tests(): readonly TestResult[];
}

/** Offline validation: variables, envelope, schema, rules of each kind, rules between manifests, tests. Finds everything, throws nothing. */
export function validateDocuments(input: ValidationInput): Validation {
  const documents = input.documents
    .filter((document) => isToBeChecked(document, input))
    // Of two that clash the later one is told so, and which that is must not depend on how they were collected.
    .toSorted((left, right) => compareText(left.file, right.file) || left.index - right.index);
  const asked = environmentNames(input.documents.map(({ value }) => value));
  const loading: Loading = { ...input, asked, context: kindContext(input) };
  const loaded = documents.map((document) => loadDocument(document, loading));
  const resources = loaded.flatMap(({ resource }) => resource ?? []);
  const tests = loaded.flatMap(({ test }) => test ?? []);
  const hasError = ({ findings }: LoadedDocument) => {
    return findings.length > 0 && hasErrors(applySeverities(findings, input.severities));
  };
  const ran = runTests({
    tests,
    resources,
    broken: new Set(loaded.flatMap((one) => (one.resource !== undefined && hasError(one) ? [one.resource] : []))),
    here: documents.map(({ value }) => value),
    everywhere: input.documents.map(({ value }) => value),
    mask: (text) => input.secrets.mask(text),
  });
  const findings = [
    ...input.documents.flatMap((document) => checkTenants(document, input.knownTenants)),
    ...loaded.flatMap((one) => one.findings),
    ...checkTogether(resources, tests),
    ...ran.findings,
  ];
  return {
    resources: resources.sort(
      (left, right) => compareText(left.kind, right.kind) || compareText(left.name, right.name),
    ),
    findings: applySeverities(findings, input.severities).toSorted(compareFindings),
    tests: ran.results,
  };
}

/** Also a manifest for tenants that do not exist, so that everything about it is told at once. */
function isToBeChecked(document: SourceDocument, { tenant, knownTenants }: ValidationInput): boolean {
  return isForTenant(document.value, tenant) || checkTenants(document, knownTenants).length > 0;
}

interface LoadedDocument extends Pick<LoadedManifest, "resource" | "test"> {
  readonly findings: readonly Finding[];
}

/** The input, and what is the same for all of its documents. */
interface Loading extends ValidationInput {
  /** Variables of the environment that any document asks for. */
  readonly asked: ReadonlySet<string>;
  readonly context: KindContext;
}

function loadDocument(source: SourceDocument, input: Loading): LoadedDocument {
  const resolved = resolveVariables(source.value, {
    variables: input.variables,
    env: input.env,
    secrets: input.secrets,
    asked: input.asked,
    keepEnvAt: isSecretPlace,
  });
  const { problems, resource, test } = loadResolved(source, resolved.value, input);
  const findings = withoutFollowUps(resolved.problems, problems).map((problem) => locate(problem, source));
  return { findings, ...(resource && { resource }), ...(test && { test }) };
}

/** A value that is missing makes follow-up problems about itself; only the cause is worth saying. */
function withoutFollowUps(causes: readonly Problem[], others: readonly Problem[]): readonly Problem[] {
  if (causes.length === 0) return others;
  const unresolved = new Set(causes.map(({ path }) => JSON.stringify(path)));
  return [...causes, ...others.filter(({ path }) => !unresolved.has(JSON.stringify(path)))];
}

/**
 * The document as it may be kept. A reference to the environment stays one, so that no secret is in it and nothing has to be masked; a
 * variable that holds a secret is masked, for it is resolved in the configuration.
 */
function keepReferences({ value }: SourceDocument, { variables, env, secrets }: ValidationInput): Json {
  const shown = Object.entries(variables).map(([name, one]) => {
    return [name, typeof one === "string" ? secrets.mask(one) : one] as const;
  });
  return resolveVariables(value, { variables: Object.fromEntries(shown), env, secrets, keepEnvAt: () => true }).value;
}

/** A webhook's secret stays a reference until it is sent, so that nothing before that can print it; nor does a finding. */
export function isSecretPlace(path: JsonPath): boolean {
  return path.length === 2 && path[0] === "spec" && path[1] === "secret";
}

interface LoadedValue extends Pick<LoadedManifest, "resource" | "test"> {
  readonly problems: readonly Problem[];
}

function loadResolved(source: SourceDocument, value: Json, input: Loading): LoadedValue {
  const envelope = envelopeSchema.safeParse(value);
  const problems = [...checkEnvelope(value, envelope, input.kinds), ...checkAnnotations(value)];
  const kind = input.kinds.find((known) => known.name === valueAt(value, "kind"));
  if (problems.length > 0 || !envelope.success || kind === undefined) {
    return { problems };
  }
  const { metadata, spec } = envelope.data;
  const loaded = kind.load(
    { kind: kind.name, metadata, spec, source, kept: () => keepReferences(source, input) },
    input.context,
  );
  const shape = describeIssues({
    rule: "manifest/schema",
    unknownKeyRule: UNKNOWN_KEY,
    schema: kind.schema,
    issues: loaded.issues,
    value: valueAt(value, "spec") ?? {},
    base: ["spec"],
    isSecretPlace,
  });
  const { resource, test } = loaded;
  return { problems: [...shape, ...loaded.problems], ...(resource && { resource }), ...(test && { test }) };
}

/** What a kind may ask for while it makes a resource of a manifest. */
export function kindContext({
  env,
  secrets,
  lastApplied = () => undefined,
}: Pick<ValidationInput, "env" | "secrets" | "lastApplied">): KindContext {
  return {
    lastApplied,
    resolveSecret(reference) {
      const value = resolveReference(reference, env);
      if (value !== undefined) secrets.add(value);
      return value;
    },
  };
}

function checkEnvelope(
  value: Json,
  parsed: ReturnType<typeof envelopeSchema.safeParse>,
  kinds: readonly RegisteredKind[],
): readonly Problem[] {
  if (!isJsonObject(value)) {
    const message = "a manifest must be a mapping with apiVersion, kind, metadata and spec";
    return [{ rule: "manifest/envelope", path: [], message, hint: `Begin with apiVersion: ${API_VERSION}.` }];
  }
  const issues = parsed.success ? [] : parsed.error.issues;
  const check: SchemaCheck = {
    rule: "manifest/envelope",
    unknownKeyRule: UNKNOWN_KEY,
    schema: envelopeSchema,
    issues,
    value,
    base: [],
    isSecretPlace,
  };
  const problems = describeIssues(check);
  return [...problems, ...checkKind(valueAt(value, "kind"), kinds)];
}

function checkKind(name: Json | undefined, kinds: readonly RegisteredKind[]): readonly Problem[] {
  const known = kinds.map((kind) => kind.name);
  if (typeof name !== "string" || name === "" || known.includes(name)) return [];
  const hint = didYouMean(name, known) ?? `Known kinds: ${known.join(", ")}.`;
  return [{ rule: "manifest/kind", path: ["kind"], message: `unknown kind "${name}"`, hint }];
}
