/**
 * Which resources manifests of a commit were about. What is managed is known by the name and the id that it was applied with; a manifest of
 * then may write both with variables, which had the values of then.
 */
import { identityOf } from "../../engine/resource-identity.ts";
import type { Resource } from "../../kinds/kind.ts";
import { KINDS } from "../../kinds/registry.ts";
import { isJsonObject, type Json, stringAt, valueAt } from "../../model/json.ts";
import type { SourceDocument } from "../../model/manifest.ts";
import { resolveVariables, type VariableOptions, type VariableValue } from "../../source/variables.ts";
import { envelopeSchema } from "../../validate/envelope.ts";
import { isSecretPlace, kindContext } from "../../validate/validate.ts";

export interface AppliedThen {
  /** Whether one of the manifests was about it. */
  includes(resource: Resource): boolean;
  /** Kinds of manifests of which it cannot be told what they were about. */
  readonly unknownKinds: ReadonlySet<string>;
}

type Values = Pick<VariableOptions, "env" | "secrets">;

/** `variables` are the tenant's, as they were written in the configuration of then. */
export function findAppliedThen(
  documents: readonly SourceDocument[],
  { variables, ...values }: Values & { readonly variables: Json },
): AppliedThen {
  const scope = { ...values, variables: resolveOwn(variables, values) };
  const [names, identities, unknownKinds] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const source of documents) {
    const kind = stringAt(source.value, "kind") ?? "";
    const name = resolveVariables(valueAt(valueAt(source.value, "metadata"), "name") ?? null, scope);
    const resource = describeThen(source, scope);
    if (name.problems.length === 0) names.add(JSON.stringify([kind, name.value]));
    else if (isOnTenants(kind)) unknownKinds.add(kind);
    if (resource !== undefined) identities.add(identityOf(resource));
  }
  return {
    includes: (resource) =>
      names.has(JSON.stringify([resource.kind, resource.name])) || identities.has(identityOf(resource)),
    unknownKinds,
  };
}

/** Tests are not. */
function isOnTenants(kind: string): boolean {
  return KINDS.some(({ name, importing }) => name === kind && importing !== undefined);
}

/** As the configuration resolves them; without those that have no value here. */
function resolveOwn(variables: Json, values: Values): Readonly<Record<string, VariableValue>> {
  const entries = Object.entries(isJsonObject(variables) ? variables : {});
  return Object.fromEntries(
    entries.flatMap(([name, written]): readonly (readonly [string, VariableValue])[] => {
      const { value, problems } = resolveVariables(written, { variables: {}, ...values });
      if (problems.length > 0) return [];
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? [[name, value]]
        : [];
    }),
  );
}

/** undefined for what could not be applied then, and where a value is missing that it hangs on. */
function describeThen(source: SourceDocument, scope: VariableOptions): Resource | undefined {
  const { value } = resolveVariables(source.value, { ...scope, keepEnvAt: isSecretPlace });
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return undefined;
  const { kind: name, metadata, spec } = envelope.data;
  const context = kindContext({ ...scope, lastApplied: () => undefined });
  const kind = KINDS.find((one) => one.name === name);
  return kind?.load({ kind: name, metadata, spec, source, kept: () => value }, context).resource;
}
