/** Groups of calls in words: "callers pressing 1 or 2", "callers whose $contact.tier is 'vip'". */
import type { Cell } from "../conditions/cells.ts";
import type { Scalar } from "../conditions/condition.ts";
import { printScalar } from "../conditions/print.ts";
import type { Caller, CallerTrait } from "./callers.ts";

/** The name that holds the key a caller has pressed (seed article on flow connections). */
const PRESSED = "dtmf";
const MOST_GROUPS = 3;

/** Always a plural: "callers pressing 2", "all callers". */
export function describeCallers(callers: readonly Caller[]): string {
  if (callers.some((caller) => caller.length === 0)) return "all callers";
  const told = callers.slice(0, MOST_GROUPS).map(describeCaller);
  const rest = callers.length - told.length;
  if (rest > 0) told.push(`in ${rest} further ${rest === 1 ? "case" : "cases"}`);
  return `callers ${told.join(", or ")}`;
}

function describeCaller(caller: Caller): string {
  const pressed = caller.find(({ path }) => path === PRESSED);
  const others = caller.filter((trait) => trait !== pressed).map(describeTrait);
  if (pressed === undefined) return `for whom ${others.join(" and ")}`;
  const pressing = `pressing ${describeKeys(pressed)}`;
  return others.length === 0 ? pressing : `${pressing} while ${others.join(" and ")}`;
}

/** "1 or 2", "anything but 3", "any other key", "nothing". */
function describeKeys({ chosen, all }: CallerTrait): string {
  const isSimple = all.every(({ kind }) => kind !== "between");
  if (!isSimple) return `a key that ${describeChoice(chosen, all)}`;
  const values = valuesOf(chosen);
  const nothing = chosen.some(({ kind }) => kind === "none") ? ["nothing"] : [];
  if (!chosen.some(({ kind }) => kind === "other")) return joinWith([...values.map(String), ...nothing], "or");
  const left = valuesOf(all).filter((value) => !values.includes(value));
  const keys = values.length === 0 ? "any other key" : `anything but ${joinWith(left.map(String), "and")}`;
  return left.length === 0 ? "any key" : joinWith([keys, ...nothing], "or");
}

/** "$contact.tier is 'vip'", "$system.isOpen holds". */
function describeTrait({ path, chosen, all }: CallerTrait): string {
  const isFlag = all.every(({ kind, value }) => kind === "none" || typeof value === "boolean");
  const holds = chosen.some(({ value }) => value === true);
  if (isFlag && chosen.length === 1 && holds) return `${path} holds`;
  if (isFlag && chosen.length === all.length - 1 && !holds) return `${path} does not hold`;
  return `${path} ${describeChoice(chosen, all)}`;
}

/** What the chosen of all cells have in common, as a clause: "is 'a' or 'b'", "is above 2 or has no value". */
function describeChoice(chosen: readonly Cell[], all: readonly Cell[]): string {
  const values = valuesOf(chosen);
  const missing = chosen.some(({ kind }) => kind === "none") ? ["has no value"] : [];
  const hasOthers = chosen.some(({ kind }) => kind === "other");
  const ranges = describeRanges(chosen, all);
  if (ranges.length > 0) return joinWith([...ranges, ...missing], "or");
  if (!hasOthers) {
    const told = values.length === 0 ? [] : [`is ${joinWith(values.map(printScalar), "or")}`];
    return joinWith([...told, ...missing], "or");
  }
  const left = valuesOf(all).filter((value) => !values.includes(value));
  const isNot =
    left.length === 0
      ? "has a value"
      : `is ${left.length === 1 ? "not" : "none of"} ${joinWith(left.map(printScalar), "or")}`;
  // What has no value is none of them either, so only its absence from the choice is worth a word.
  return missing.length > 0 || left.length === 0 ? isNot : `${isNot} but has a value`;
}

function valuesOf(cells: readonly Cell[]): readonly Scalar[] {
  return cells.flatMap((cell) => (cell.kind === "value" ? [cell.value] : []));
}

/** Neighbouring cells of an order as ranges: "is at most 5", "is above 2 and below 5". */
function describeRanges(chosen: readonly Cell[], all: readonly Cell[]): readonly string[] {
  if (!all.some(({ kind }) => kind === "between")) return [];
  const isChosen = new Set(chosen);
  const runs: Cell[][] = [];
  for (const [index, cell] of all.entries()) {
    if (cell.kind === "none" || !isChosen.has(cell)) continue;
    const before = all[index - 1];
    const last = runs.at(-1);
    const continues = before !== undefined && last?.at(-1) === before && typeof before.value === typeof cell.value;
    if (continues) last?.push(cell);
    else runs.push([cell]);
  }
  return runs.map(describeRun);
}

function describeRun(run: readonly Cell[]): string {
  const [first, last] = [run[0], run.at(-1)];
  if (first?.kind === "value" && run.length === 1) return `is ${printScalar(first.value)}`;
  const low =
    first?.kind === "between"
      ? boundOf("above", first.above)
      : first?.kind === "value"
        ? [`at least ${printScalar(first.value)}`]
        : [];
  const high =
    last?.kind === "between"
      ? boundOf("below", last.below)
      : last?.kind === "value"
        ? [`at most ${printScalar(last.value)}`]
        : [];
  const bounds = [...low, ...high];
  return bounds.length === 0 ? "has a value" : `is ${bounds.join(" and ")}`;
}

function boundOf(word: string, value: Scalar | undefined): readonly string[] {
  return value === undefined ? [] : [`${word} ${printScalar(value)}`];
}

/** "a", "a or b", "a, b or c". */
export function joinWith(words: readonly string[], conjunction: string): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}
