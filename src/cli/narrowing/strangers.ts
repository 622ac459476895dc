/** A flag that names nothing is a mistake, and a run that did nothing because of it would look as if all were well. */
import { GitopsError } from "../../errors.ts";
import type { Resource } from "../../kinds/kind.ts";
import { didYouMean } from "../../model/closest.ts";
import { objectAt, stringAt, valueAt } from "../../model/json.ts";
import type { SourceDocument } from "../../model/manifest.ts";
import { type LabelRequirement, type Labels, meetsSelector } from "./label-selector.ts";
import type { Named, NamePattern } from "./name-pattern.ts";

/** Every pattern has to match something here, or a manifest for another tenant. Throws `usage`. */
export function refuseStrangeNames(
  patterns: readonly NamePattern[],
  resources: readonly Resource[],
  documents: readonly SourceDocument[],
): void {
  if (patterns.length === 0) return;
  const elsewhere = documents.map(({ value }): Named => {
    return { kind: stringAt(value, "kind") ?? "", name: stringAt(valueAt(value, "metadata"), "name") ?? "" };
  });
  const known = [...resources, ...elsewhere];
  for (const pattern of patterns) {
    if (known.some((named) => pattern.matches(named))) continue;
    const names = new Set(known.map(({ kind, name }) => `${kind}/${name}`));
    const hint = didYouMean(pattern.text, names) ?? "Name a manifest by its kind and its metadata.name.";
    throw new GitopsError(
      "usage",
      `--only ${pattern.text} names nothing: no manifest is called so, and nothing that is managed`,
      {
        hint,
      },
    );
  }
}

/** A label that is asked for has to be somewhere, with one of these values. What must not be there need not be. Throws `usage`. */
export function refuseStrangeLabels(
  requirements: readonly LabelRequirement[],
  resources: readonly Resource[],
  documents: readonly SourceDocument[],
): void {
  if (requirements.length === 0) return;
  const labels: readonly Labels[] = [
    ...resources.map(({ metadata }) => metadata.labels),
    ...documents.map(({ value }) => textsIn(objectAt(valueAt(value, "metadata"), "labels"))),
  ];
  for (const requirement of requirements) {
    const { key, operator, values } = requirement;
    if (operator === "absent" || operator === "notin") continue;
    const known = labels.filter((one) => Object.hasOwn(one, key));
    if (known.some((one) => meetsSelector(one, [requirement]))) continue;
    const [what, near] =
      known.length === 0
        ? [`no manifest has the label "${key}"`, didYouMean(key, new Set(labels.flatMap((one) => Object.keys(one))))]
        : [
            `no manifest has ${values.map((value) => `${key}=${value}`).join(" or ")}`,
            didYouMean(values[0] ?? "", new Set(known.flatMap((one) => one[key] ?? []))),
          ];
    const hint = near ?? "Labels stand in metadata.labels of the manifests.";
    throw new GitopsError("usage", `--selector names nothing: ${what}`, { hint });
  }
}

function textsIn(labels: object): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
