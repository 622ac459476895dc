import type { FastifyRequest } from "fastify";
import { exchangeOf } from "./exchange.ts";
import { isObject, type Json, type JsonObject, textAt, valueAt } from "./json.ts";
import { Refusal } from "./refusal.ts";

const DEFAULT_PAGE_SIZE = 100;
/** A larger page size is cut to this, and the answer says so (assumption). */
const MAX_PAGE_SIZE = 1000;

/** Throws 405 where the setting `lists` says that the tenant lists no flows and workflows (assumption). */
export function refuseWithoutLists(request: FastifyRequest): void {
  if (exchangeOf(request).world.settings.lists) return;
  throw new Refusal(405, "MethodNotAllowed", "This tenant does not list its documents");
}

/**
 * `{items, page, pageSize, total}` for `?page=1&pageSize=100` (assumption), each item as `show` gives it. Throws 400 when these are no
 * whole numbers from 1 on.
 */
export function listPage<Item>(
  request: FastifyRequest,
  all: readonly Item[],
  show: (item: Item) => JsonObject,
): JsonObject {
  const { fault } = exchangeOf(request);
  const page = readCount(request, "page", 1);
  const pageSize = Math.min(MAX_PAGE_SIZE, readCount(request, "pageSize", DEFAULT_PAGE_SIZE));
  const items = all.slice((page - 1) * pageSize, page * pageSize).map(show);
  return {
    items: fault?.type === "short-page" ? items.slice(0, -1) : items,
    page,
    pageSize,
    total: all.length,
  };
}

/** What a list says of a document: the named fields, where the document has them (assumption). */
export function summarize(document: JsonObject, fields: readonly string[]): JsonObject {
  const entries: [string, Json][] = [];
  for (const field of fields) {
    const value = valueAt(document, field);
    if (value !== undefined) entries.push([field, value]);
  }
  return Object.fromEntries(entries);
}

function readCount(request: FastifyRequest, name: string, fallback: number): number {
  const text = isObject(request.query) ? textAt(request.query, name) : undefined;
  if (text === undefined) return fallback;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Refusal(400, "InvalidQuery", `${name} must be a whole number from 1 on, and is ${text}`);
}
