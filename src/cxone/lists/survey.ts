/**
 * How the documents that a plan needs are read without asking for each.
 *
 * A list shows the version and the time of the last edit of a hundred documents at the price of one request. Where both are those of a
 * document that is known, it need not be fetched. Everything else is: what moved, what is not known, and what the list does not name,
 * for only a 404 says that there is none.
 *
 *   known documents                         | is listed                         | are read
 *   fewer than the list would cost          | no                                | one by one, with their ETags
 *   more                                    | page by page, all at once         | where the list shows another state
 *   more, and the tenant has no such list   | no, once that has been seen       | one by one, with their ETags
 *   more, and the list cannot be read       | not for some minutes after that   | one by one, with their ETags
 *   more, and the list is not true          | yes                               | one by one, with their ETags
 *
 * A list is not true when it shows a document from before the state that an earlier run has read: then others may have moved as well,
 * and it does not say so. A list that never moves would not even show that. So one of the documents that are known, another each time,
 * is fetched beside every list, and has to be what the list says.
 */
import { isSameJson, type JsonObject } from "../../model/json.ts";
import type { DocumentRef } from "../../model/live.ts";
import { identify, toLive } from "../answers.ts";
import { WaitBudget } from "../attempts/wait-budget.ts";
import type { DocumentCalls } from "../documents.ts";
import { type ReadParts, Reads } from "../reads.ts";
import type { Failure, Lookup } from "../task.ts";
import { canBeListed, isBehind, isSameState, type Marks, marksOf } from "./known.ts";
import { listCallOf } from "./listing.ts";
import { type ListCall, listWithin, PAGE_SIZE, type WholeList } from "./paged-list.ts";

export interface SurveyParts extends ReadParts<DocumentCalls> {
  /** A number in [0, 1). */
  readonly random: () => number;
}

export type ReadLive = (ref: DocumentRef) => Promise<Lookup>;

/** A document that a list can tell of, as it was known before anything was asked. */
interface KnownState {
  readonly ref: DocumentRef;
  readonly marks: Marks;
}

/** How each of these documents of one type is read. `given` is a list that was read just now for another reason. */
export async function surveyDocuments(
  parts: SurveyParts,
  refs: readonly DocumentRef[],
  given: WholeList | undefined,
): Promise<ReadLive> {
  const { known, random, note } = parts;
  const reads = new Reads(parts);
  const oneByOne: ReadLive = (ref) => reads.readIfModified(ref);
  const states = refs.flatMap((ref): readonly KnownState[] => {
    const marks = known.find(ref);
    return canBeListed(marks) ? [{ ref, marks }] : [];
  });
  const sample = states[Math.floor(random() * states.length)];
  if (sample === undefined) return oneByOne;
  if (given === undefined && !isWorthAList(parts, states.length, refs.length)) return oneByOne;
  const document = known.open(sample.ref);
  const [list, found] = await Promise.all([
    given ?? listWhileWorth(parts, states.length, refs.length),
    reads.read(sample.ref),
  ]);
  const fallback: ReadLive = (ref) => (ref.id === sample.ref.id ? Promise.resolve(found) : oneByOne(ref));
  if (list === undefined) return fallback;
  const marksById = indexMarks(list);
  const isTrue = !states.some(({ ref, marks }) => isListBehind(marksById.get(ref.id), marks));
  if (!isTrue || belies(found, { listed: marksById.get(sample.ref.id), marks: sample.marks, document })) {
    note("doubted", refs.length);
    return fallback;
  }
  return readWhatMoved(parts, { states, marksById, checked: { ref: sample.ref, found }, oneByOne });
}

/** A list costs its pages and the document that is checked. What is not known of its length, a first page will tell. */
function isWorthAList({ type, known, note }: SurveyParts, knownCount: number, count: number): boolean {
  const size = known.listSize(type);
  const pages = typeof size === "number" ? size : Math.ceil(knownCount / PAGE_SIZE);
  if (pages + 1 >= knownCount) return false;
  if (size === null) note("unlisted", count);
  if (size === "unread") note("unread", count);
  return size !== null && size !== "unread";
}

/** The list, while it costs less than it spares; undefined when it does not, and when there is none to be had. */
async function listWhileWorth(parts: SurveyParts, knownCount: number, count: number): Promise<WholeList | undefined> {
  const { type, calls, known, note } = parts;
  const call = withPatience(listCallOf(calls));
  const first = await listWithin(call, knownCount - 2);
  // Most often somebody has made or deleted a document meanwhile, and a second list costs less than all documents.
  const list =
    first.state === "failed" && first.code === "api/unexpected" ? await listWithin(call, knownCount - 2) : first;
  if (list.state === "failed") {
    const isUnlisted = list.code === "api/not-supported";
    if (isUnlisted) known.noteListSize(type, null);
    else if (isWorthRemembering(list)) known.noteListSize(type, "unread");
    note(isUnlisted ? "unlisted" : "unread", count);
    return undefined;
  }
  known.noteListSize(type, list.pages);
  note("listPages", list.state === "listed" ? list.pages : list.read);
  return list.state === "listed" ? list : undefined;
}

/** A list whose answers made no whole one may do so the next time; and a run that is stopped has not been told anything. */
function isWorthRemembering({ code }: Failure): boolean {
  return code !== "api/unexpected" && code !== "api/stopped";
}

/** For its own waits, and how long a 429 to it may hold the documents that can be read without it. */
const LIST_WAITS_MS = 2_000;
/** A page that takes longer is not worth it. */
const LIST_TIMEOUT_MS = 10_000;

/** A list spares requests, and must not cost more time than these: what fails soon is asked for again, what is to be waited for is done without. */
function withPatience(call: ListCall): ListCall {
  const patience = { budget: new WaitBudget(LIST_WAITS_MS), longestPauseMs: LIST_WAITS_MS };
  return { ...call, patience, timeoutMs: Math.min(call.timeoutMs, LIST_TIMEOUT_MS) };
}

function indexMarks({ items }: WholeList): ReadonlyMap<string, Marks> {
  return new Map(items.map((item) => [identify(item, ["id"]) ?? "", marksOf(item, undefined)]));
}

function isListBehind(listed: Marks | undefined, known: Marks): boolean {
  return listed !== undefined && isBehind(listed, known);
}

/** True when a document that was fetched is not what the list says of it. A failed read says nothing. */
function belies(
  found: Lookup,
  { listed, marks, document }: { listed: Marks | undefined; marks: Marks; document: JsonObject | undefined },
): boolean {
  if (listed === undefined || found.state === "failed") return false;
  if (found.state === "absent") return true;
  if (document === undefined || !isSameState(listed, marks)) return false;
  return !isSameJson(found.document, document);
}

interface Listed {
  readonly states: readonly KnownState[];
  readonly marksById: ReadonlyMap<string, Marks>;
  /** What was fetched already. */
  readonly checked: { readonly ref: DocumentRef; readonly found: Lookup };
  readonly oneByOne: ReadLive;
}

/** Answers what the list proves to be as it is known, without a request. */
function readWhatMoved({ known, note }: SurveyParts, { states, marksById, checked, oneByOne }: Listed): ReadLive {
  const isAsKnown = (id: string, marks: Marks) => {
    const listed = marksById.get(id);
    return listed !== undefined && isSameState(listed, marks);
  };
  const isChecked = (ref: DocumentRef) => ref.id === checked.ref.id && checked.found.state !== "failed";
  note("documents", states.filter(({ ref, marks }) => !isChecked(ref) && isAsKnown(ref.id, marks)).length);
  return async (ref) => {
    if (isChecked(ref)) return checked.found;
    const marks = known.find(ref);
    if (marks === undefined || !isAsKnown(ref.id, marks)) return oneByOne(ref);
    const document = known.open(ref);
    if (document !== undefined) return toLive(document);
    // What was counted was not what had been kept.
    note("documents", -1);
    return oneByOne(ref);
  };
}
