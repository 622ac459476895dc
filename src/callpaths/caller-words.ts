/** Groups of calls in words: "callers pressing 1 or 2", "callers for whom $contact.tier is 'vip'". */
import type { Cell } from "../conditions/cells.ts";
import type { Scalar } from "../conditions/condition.ts";
import { printScalar } from "../conditions/print.ts";
import { describeExample } from "../conditions/words.ts";
import { compareText } from "../model/finding.ts";
import type { Caller, CallerTrait } from "./callers.ts";

/** The name that holds the key a caller has pressed (seed article on flow connections). */
const PRESSED = "dtmf";
const MOST_GROUPS = 3;

/** Always a plural: "callers pressing 2", "all callers". */
export function describeCallers(callers: readonly Caller[]): string {
  if (callers.some((caller) => caller.length === 0)) return "all callers";
  // Groups that differ in linked names only would read alike.
  const alike = Map.groupBy(callers, (caller) =>
    describeGroup(
      caller.filter((trait) => !isLinked(trait)),
      [],
    ),
  );
  const groups = [...alike.values()].map((group) =>
    describeGroup(group[0]?.filter((trait) => !isLinked(trait)) ?? [], group),
  );
  const told = groups.slice(0, MOST_GROUPS);
  const rest = groups.length - told.length;
  if (rest > 0) told.push(`in ${rest} further ${rest === 1 ? "case" : "cases"}`);
  return `callers ${told.join(", or ")}`;
}

/** What callers have in common; of the linked names in the group, only an example. */
function describeGroup(traits: Caller, group: readonly Caller[]): string {
  const pressed = traits.find((trait) => trait.path === PRESSED && isKeypad(trait));
  const plain = traits.filter((trait) => trait !== pressed).map(describeTrait);
  const others = [...plain, ...describeLinked(group)];
  if (pressed === undefined) return `for whom ${others.join(" and ")}`;
  const pressing = `pressing ${describeKeys(pressed)}`;
  return others.length === 0 ? pressing : `${pressing} while ${others.join(" and ")}`;
}

/** Names that are compared with each other: what is told of one alone would be true of most values. */
function isLinked({ all }: CallerTrait): boolean {
  return all.some(({ kind }) => kind === "sample");
}

function describeLinked(group: readonly Caller[]): readonly string[] {
  const [first] = group;
  const names = [...new Set(group.flatMap((caller) => caller.filter(isLinked).map(({ path }) => path)))].sort(
    compareText,
  );
  const isFree = group.some((caller) => !caller.some(isLinked));
  if (first === undefined || names.length === 0 || isFree) return [];
  const samples = first
    .filter(isLinked)
    .flatMap(({ path, chosen: [cell] }) => (cell === undefined ? [] : [[path, cell] as const]));
  const verb = names.length === 1 ? "has" : "have";
  return [`${joinWith(names, "and")} ${verb} certain values (such as ${describeExample(new Map(samples))})`];
}

/** Whether all that is asked about the key is which one it is. */
function isKeypad({ all }: CallerTrait): boolean {
  return all.every(
    ({ kind, value }) =>
      kind === "none" || (kind !== "between" && kind !== "sample" && typeof value === "string" && value !== ""),
  );
}

/** "1 or 2", "anything but 3", "any other key", "nothing". */
function describeKeys({ chosen, all }: CallerTrait): string {
  const values = valuesOf(chosen);
  const nothing = chosen.some(({ kind }) => kind === "none") ? ["nothing"] : [];
  if (!chosen.some(({ kind }) => kind === "other")) return joinWith([...values.map(showKey), ...nothing], "or");
  const left = valuesOf(all).filter((value) => !values.includes(value));
  const keys = values.length === 0 ? "any other key" : `anything but ${joinWith(left.map(showKey), "and")}`;
  return left.length === 0 ? "any key" : joinWith([keys, ...nothing], "or");
}

/** A key as it stands on a telephone; anything else in quotes, for it could read like our own words. */
function showKey(value: Scalar): string {
  return typeof value === "string" && /^[0-9*#]$/.test(value) ? value : printScalar(value);
}

/** "$contact.tier is 'vip'", "$system.isOpen holds". */
function describeTrait({ path, chosen, all }: CallerTrait): string {
  const isFlag = all.every(({ kind, value }) => kind === "none" || typeof value === "boolean");
  const holds = chosen.some(({ value }) => value === true);
  if (isFlag && chosen.length === 1 && holds) return `${path} holds`;
  if (isFlag && chosen.length === all.length - 1 && !holds) return `${path} does not hold`;
  return `${path} ${describeChoice(chosen, all)}`;
}

/**
 * What the chosen of all cells have in common, as a clause: "is 'a' or above 2", "is neither 'a' nor 'b'", "has no value". Said of what is
 * left out instead, where that is shorter or the only way to name it.
 */
function describeChoice(chosen: readonly Cell[], all: readonly Cell[]): string {
  const isMissing = chosen.some(({ kind }) => kind === "none");
  const left = all.filter((cell) => !chosen.includes(cell) && cell.kind !== "none");
  if (left.length === 0) return isMissing ? "has any value or none" : "has a value";
  const [is, isNot] = [describeCells(chosen, all), describeCells(left, all)];
  const isNamed = !chosen.some(({ kind }) => kind === "other");
  if (isNamed && is.length <= isNot.length) {
    return joinWith(
      [...(is.length === 0 ? [] : [`is ${joinWith(is, "or")}`]), ...(isMissing ? ["has no value"] : [])],
      "or",
    );
  }
  const negation = isNot.length === 1 ? `is not ${isNot[0]}` : `is neither ${joinWith(isNot, "nor")}`;
  // What has no value is none of them either, so only its absence from the choice is worth a word.
  return isMissing ? negation : `${negation} but has a value`;
}

function valuesOf(cells: readonly Cell[]): readonly Scalar[] {
  return cells.flatMap((cell) => (cell.kind === "value" ? [cell.value] : []));
}

/** The cells as words that follow "is": neighbours of an order as one range; without the one that stands for no value. */
function describeCells(chosen: readonly Cell[], all: readonly Cell[]): readonly string[] {
  const runs: Cell[][] = [];
  for (const [index, cell] of all.entries()) {
    if (cell.kind === "none" || !chosen.includes(cell)) continue;
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run !== undefined && before !== undefined && all[index - 1] === before && isOneRange(before, cell))
      run.push(cell);
    else runs.push([cell]);
  }
  return runs.map(describeRun);
}

/** Whether two neighbouring cells follow each other in an order. */
function isOneRange(before: Cell, cell: Cell): boolean {
  return typeof before.value === typeof cell.value && (before.kind === "between" || cell.kind === "between");
}

function describeRun(run: readonly Cell[]): string {
  const [first, last] = [run[0], run.at(-1)];
  const type = typeof first?.value === "string" ? "text" : "number";
  if (first?.kind === "other") return `another ${type}`;
  if (first?.kind === "value" && run.length === 1) return printScalar(first.value);
  const low = first?.kind === "between" ? boundOf("above", first.above) : boundOf("at least", first?.value);
  const high = last?.kind === "between" ? boundOf("below", last.below) : boundOf("at most", last?.value);
  const bounds = [...low, ...high];
  return bounds.length === 0 ? `any ${type}` : bounds.join(" and ");
}

function boundOf(word: string, value: Scalar | undefined): readonly string[] {
  return value === undefined ? [] : [`${word} ${printScalar(value)}`];
}

/** "a", "a or b", "a, b or c". */
export function joinWith(words: readonly string[], conjunction: string): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}
