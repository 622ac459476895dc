/** How live of two tenants differs, for people. */
import { excerpt, excerptPair } from "../model/excerpt.ts";
import { canonicalJson, type Json } from "../model/json.ts";
import type { ComparedResource, LoneResource, TenantComparison, TenantDifference } from "../model/tenant-diff.ts";
import { type Paint, printable, printableLine } from "./paint.ts";

export interface TenantNames {
  readonly first: string;
  readonly second: string;
}

/** Each resource that differs, what people notice of it, and both sides; then what is for one tenant only, and the numbers. */
export function renderTenantDiff({ resources, only }: TenantComparison, names: TenantNames, paint: Paint): string {
  const shown = resources.filter(({ state }) => state !== "same");
  const heading = paint("strong", `Live, going from tenant ${names.first} to tenant ${names.second}`);
  const lone = only.map((resource) => `  ${renderLone(resource, paint)}\n`);
  return [
    `${heading}\n\n`,
    ...shown.map((resource) => renderResource(resource, names, paint)),
    ...lone,
    shown.length + lone.length > 0 ? "\n" : "",
    `${paint("strong", summarizeTenantDiff({ resources, only }, names))}\n`,
  ].join("");
}

/** "1 different, 1 unknown (not read), 4 the same, 2 for dev only." */
export function summarizeTenantDiff({ resources, only }: TenantComparison, { first, second }: TenantNames): string {
  const count = (state: ComparedResource["state"]) => resources.filter((one) => one.state === state).length;
  const lone = (tenant: string) => only.filter((one) => one.tenant === tenant).length;
  const parts: readonly (readonly [number, string])[] = [
    [count("different"), "different"],
    [count("unknown"), "unknown (not read)"],
    [count("same"), "the same"],
    [lone(first), `for ${first} only`],
    [lone(second), `for ${second} only`],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return said.length === 0 ? "No manifests for these tenants: nothing to compare." : `${said.join(", ")}.`;
}

function renderResource(resource: ComparedResource, names: TenantNames, paint: Paint): string {
  const { kind, name, state, impact, effects, reason } = resource;
  const what = `${kind} ${printableLine(name)}`;
  if (state === "unknown")
    return `  ${paint("warning", "?")} ${paint("strong", what)}\n      ${printable(reason ?? "")}\n`;
  const head = `  ${paint("changed", "~")} ${paint("strong", what)}${describeIds(resource)}${paint("faint", `  ${impact}`)}\n`;
  const lines = effects.map((effect) => `      ${printableLine(effect)}\n`);
  return [head, ...lines, ...resource.differences.map((one) => renderDifference(one, names, paint))].join("");
}

function describeIds({ name, ids: { first, second } }: ComparedResource): string {
  const ids = first === second ? [first] : [first, second];
  return ids.every((id) => id === name) ? "" : ` (${ids.map(printableLine).join(", on the other ")})`;
}

function renderLone({ kind, name, tenant }: LoneResource, paint: Paint): string {
  return `${paint("faint", "·")} ${kind} ${printableLine(name)}${paint("faint", `  for ${tenant} only`)}`;
}

const LONGEST_VALUE = 160;

function renderDifference({ path, first, mapped, second }: TenantDifference, names: TenantNames, paint: Paint): string {
  const width = Math.max(names.first.length, names.second.length);
  const [was, is] = showBoth(first, second);
  const there = mapped === undefined ? "" : `, which would be ${showOne(mapped)} on ${names.second}`;
  const line = (tenant: string, text: string) => `          ${tenant.padEnd(width)}  ${text}\n`;
  return [
    `      ${path === "" ? "the whole" : printableLine(path)}\n`,
    line(names.first, paint("removed", was) + there),
    line(names.second, paint("added", is)),
  ].join("");
}

function showOne(value: Json | undefined): string {
  return value === undefined ? "(nothing)" : printable(excerpt(canonicalJson(value), LONGEST_VALUE));
}

/** Cut so that the difference shows. */
function showBoth(first: Json | undefined, second: Json | undefined): readonly [string, string] {
  if (first === undefined || second === undefined) return [showOne(first), showOne(second)];
  const [was, is] = excerptPair(canonicalJson(first), canonicalJson(second), LONGEST_VALUE);
  return [printable(was), printable(is)];
}
