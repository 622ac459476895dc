import * as z from "zod";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { explainReply, INEXACT, identify } from "../answers.ts";
import type { Patience } from "../attempts/wait-budget.ts";
import type { Family, Reply } from "../family.ts";
import { type Failure, failTask, type Task } from "../task.ts";

export const PAGE_SIZE = 100;
/** More pages than this are a server that never ends. */
const MOST_PAGES = 1000;

/** Everything of a collection, or why that cannot be said. `api/not-supported` when the tenant has no such list. */
export type PagedList = WholeList | Failure;

export interface WholeList {
  readonly state: "listed";
  readonly items: readonly JsonObject[];
  readonly pages: number;
}

/** A list that was left alone because it is longer than it is worth; `pages` is how long, as far as is known. */
export interface LongList {
  readonly state: "longer";
  readonly pages: number;
  /** How many pages that took. */
  readonly read: number;
}

export interface ListCall {
  readonly family: Family;
  /** `/api/v2/flows` */
  readonly collection: string;
  readonly timeoutMs: number;
  readonly task: Task;
  /** What a tenant without this list means for whoever asks. */
  readonly unlisted: { why(status: number): string; readonly hint: string };
  /** Of who can do without the list. */
  readonly patience?: Patience | undefined;
}

interface Page {
  readonly items: readonly JsonObject[];
  readonly pageSize: number;
  /** How many there are in all, where the server says so. */
  readonly total: number | undefined;
}

const Envelope = z.object({
  items: z.array(z.unknown()),
  pageSize: z.number().int().positive().catch(PAGE_SIZE),
  total: z.number().int().nonnegative().optional().catch(undefined),
});

/**
 * Lists a whole collection. A bare array and `{items, page, pageSize, total}` are both understood. Nothing short of the complete
 * list is a list: a page with fewer items than the total promises, or a total that moves, is a failure, because a name
 * that is missing from half a list would be registered twice.
 */
export async function listAll(call: ListCall): Promise<PagedList> {
  const list = await listWithin(call, MOST_PAGES);
  return list.state === "longer" ? incomplete(call.task, "the list does not end") : list;
}

/** As `listAll`, for a list that is worth so many pages and no more. */
export async function listWithin(call: ListCall, mostPages: number): Promise<PagedList | LongList> {
  const { task } = call;
  const first = await fetchPage(call, 1);
  if ("code" in first) return first;
  const { total } = first;
  const expected = pagesOf(first);
  if (expected > mostPages) return { state: "longer", pages: expected, read: 1 };
  const ahead = fetchAhead(call, expected);
  const byId = new Map<string, JsonObject>();
  for (let number = 1; number <= mostPages; number += 1) {
    const page = number === 1 ? first : await (ahead.get(number) ?? fetchPage(call, number));
    if ("code" in page) return page;
    if (page.total !== total) return incomplete(task, "the list changed while it was read");
    const before = byId.size;
    for (const item of page.items) byId.set(identify(item, ["id"]) ?? `${number}/${byId.size}`, item);
    if (isComplete(page, byId.size, byId.size - before)) {
      return { state: "listed", items: [...byId.values()], pages: Math.max(number, expected) };
    }
    if (total !== undefined && page.items.length < Math.min(page.pageSize, total - before)) {
      return incomplete(task, `page ${number} of the list is shorter than its total of ${total} promises`);
    }
    if (byId.size === before) return incomplete(task, `page ${number} of the list repeats what came before`);
  }
  return { state: "longer", pages: mostPages + 1, read: mostPages };
}

/** How many pages a list has by its first one. Without a total, or with a page that is short of it, nothing is to be expected. */
function pagesOf({ total, pageSize, items }: Page): number {
  if (total === undefined || items.length < Math.min(pageSize, total)) return 1;
  return Math.max(1, Math.ceil(total / pageSize));
}

/** The pages after the first, side by side as far as the limits allow. */
function fetchAhead(call: ListCall, pages: number): ReadonlyMap<number, Promise<Page | Failure>> {
  const numbers = Array.from({ length: pages - 1 }, (_, index) => index + 2);
  return new Map(numbers.map((number) => [number, fetchPage(call, number)]));
}

async function fetchPage(call: ListCall, number: number): Promise<Page | Failure> {
  const { family, collection, timeoutMs, patience } = call;
  const path = `${collection}?page=${number}&pageSize=${PAGE_SIZE}`;
  return readPage(await family.send({ method: "GET", endpoint: collection, path, timeoutMs, patience }), call);
}

/** Without a total, a page that is not full is the last; so is one that brings nothing new, from a server without pages. */
function isComplete(page: Page, seen: number, added: number): boolean {
  if (page.total !== undefined) return seen >= page.total;
  return page.items.length < page.pageSize || added === 0;
}

function readPage(reply: Reply, { task, unlisted }: ListCall): Page | Failure {
  if (reply.answered && (reply.status === 404 || reply.status === 405)) {
    return failTask(task, "api/not-supported", unlisted.why(reply.status), unlisted.hint);
  }
  if (!reply.answered || reply.status !== 200 || reply.body.kind !== "json") return explainReply(reply, task);
  if (!reply.body.exact) return failTask(task, "api/unexpected", INEXACT, "have that number stored as text");
  const { value } = reply.body;
  const page = isJsonArray(value) ? { pageSize: PAGE_SIZE, total: undefined } : Envelope.safeParse(value).data;
  const items = isJsonArray(value) ? value : itemsOf(value);
  if (page === undefined || items === undefined || !items.every(isJsonObject)) return explainReply(reply, task);
  return { items, pageSize: page.pageSize, total: page.total };
}

/** Taken from the answer itself: a schema library would rebuild the objects, and not every key survives that. */
function itemsOf(value: Json): readonly Json[] | undefined {
  const items = isJsonObject(value) ? value["items"] : undefined;
  return isJsonArray(items) ? items : undefined;
}

function incomplete(task: Task, why: string): Failure {
  return failTask(task, "api/unexpected", why, "run again; if it stays so, the tenant's list cannot be relied on");
}
