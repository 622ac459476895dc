/** The offline rules that no manifest can break alone. */

import type { Claim, ManifestTest, Resource } from "../kinds/kind.ts";
import { type Finding, locate, type Problem } from "../model/finding.ts";
import { refKey } from "../model/live.ts";

export function checkTogether(resources: readonly Resource[], tests: readonly ManifestTest[]): readonly Finding[] {
  return [
    ...checkNames([...resources, ...tests]),
    ...groupByTarget(resources).flatMap((group) => [...checkClaims(group), ...checkSiblings(group)]),
  ];
}

type Named = Pick<Resource, "kind" | "name" | "source">;

function checkNames(manifests: readonly Named[]): readonly Finding[] {
  const firstByName = new Map<string, Named>();
  return manifests.flatMap((manifest) => {
    const key = `${manifest.kind}/${manifest.name}`;
    const first = firstByName.get(key);
    if (first === undefined) {
      firstByName.set(key, manifest);
      return [];
    }
    const message = `there is already a ${manifest.kind} named "${manifest.name}": ${placeOf(first, ["metadata", "name"])}`;
    const problem: Problem = {
      rule: "manifest/duplicate-name",
      path: ["metadata", "name"],
      message,
      hint: "Give each manifest of a kind its own name.",
    };
    return [locate(problem, manifest.source)];
  });
}

function groupByTarget(resources: readonly Resource[]): readonly (readonly Resource[])[] {
  return [...Map.groupBy(resources, (resource) => refKey(resource.target)).values()];
}

/** Two manifests that decide the same part of the same document would undo each other forever. */
function checkClaims(group: readonly Resource[]): readonly Finding[] {
  const firstByClaim = new Map<string, { resource: Resource; claim: Claim }>();
  return group.flatMap((resource) =>
    resource.claims.flatMap((claim) => {
      const first = firstByClaim.get(claim.what);
      if (first === undefined) {
        firstByClaim.set(claim.what, { resource, claim });
        return [];
      }
      if (first.resource === resource) return [];
      const what =
        claim.what === "whole"
          ? `${resource.target.type} "${resource.target.id}"`
          : `${claim.what.replace("/", " ")} of ${resource.target.type} "${resource.target.id}"`;
      const problem: Problem = {
        rule: "manifest/owned-twice",
        path: claim.path,
        message: `${what} is already decided by ${first.resource.kind} "${first.resource.name}": ${placeOf(first.resource, first.claim.path)}`,
        hint: "Keep one of the two.",
      };
      return [locate(problem, resource.source)];
    }),
  );
}

function checkSiblings(group: readonly Resource[]): readonly Finding[] {
  return group.flatMap((resource) => {
    const siblings = group.filter((other) => other !== resource);
    return resource.checkSiblings(siblings).map((problem) => locate(problem, resource.source));
  });
}

function placeOf({ source }: Named, path: readonly (string | number)[]): string {
  return `${source.file}:${source.positionOf(path).line}`;
}
