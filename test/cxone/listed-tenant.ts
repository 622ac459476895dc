/** A tenant with flows that can be listed, by a server that keeps to what it is told and to nothing else. */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { CacheReport } from "../../src/cxone/events.ts";
import type { KnownDocuments } from "../../src/cxone/lists/known.ts";
import { type JsonObject, objectFrom } from "../../src/model/json.ts";
import type { LiveRead } from "../../src/model/live.ts";
import { answer, connectTo, type Seen, startTiny } from "./world.ts";

const FLOWS = "/api/v2/flows";

export interface Habits {
  /** "none": 405. "frozen": as it was when it was set. "short": a page lacks an item. "moving": a total that changes. */
  readonly list: "true" | "none" | "frozen" | "short" | "moving";
  readonly etags: "none" | "weak" | "strong";
  /** What documents and lists say of their states. */
  readonly marks: readonly ("version" | "lastUpdatedTimestamp")[];
  readonly pageSize: number;
}

export const USUAL: Habits = { list: "true", etags: "none", marks: ["version", "lastUpdatedTimestamp"], pageSize: 100 };

export class ListedTenant {
  readonly #flows = new Map<string, JsonObject>();
  #habits: Habits = USUAL;
  #frozen: readonly JsonObject[] = [];
  #time = 1_700_000_000_000;
  #pages = 0;

  constructor(ids: readonly string[]) {
    for (const id of ids) this.make(id);
  }

  behave(habits: Partial<Habits>): void {
    this.#habits = { ...USUAL, ...habits };
    this.#frozen = [...this.#flows.values()];
  }

  /** Made anew, a flow begins at version 1 again. */
  make(id: string): void {
    this.#time += 1;
    this.#flows.set(id, { id, name: id, version: 1, lastUpdatedTimestamp: this.#time });
  }

  edit(id: string): void {
    const flow = this.#flows.get(id);
    if (flow === undefined) return;
    this.#time += 1;
    const version = Number(flow["version"]) + 1;
    this.#flows.set(id, { ...flow, name: `${id} edited ${this.#time}`, version, lastUpdatedTimestamp: this.#time });
  }

  remove(id: string): void {
    this.#flows.delete(id);
  }

  get ids(): readonly string[] {
    return [...this.#flows.keys()];
  }

  /** What a read must find. */
  truth(id: string): JsonObject | undefined {
    const flow = this.#flows.get(id);
    return flow && this.#shown(flow);
  }

  handle({ path, headers }: Seen, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(path, "http://x");
    if (pathname === FLOWS) this.#list(Number(searchParams.get("page")), response);
    else this.#read(decodeURIComponent(pathname.slice(FLOWS.length + 1)), headers["if-none-match"], response);
  }

  #read(id: string, known: string | undefined, response: ServerResponse): void {
    const flow = this.truth(id);
    if (flow === undefined) {
      answer(response, 404, {});
      return;
    }
    const tag = `"${createHash("sha256").update(JSON.stringify(flow)).digest("hex")}"`;
    const etag = { none: undefined, weak: `W/${tag}`, strong: tag }[this.#habits.etags];
    const isKnown = etag !== undefined && known === etag;
    answer(response, isKnown ? 304 : 200, isKnown ? undefined : flow, etag === undefined ? {} : { etag });
  }

  #list(page: number, response: ServerResponse): void {
    const { list, pageSize } = this.#habits;
    if (list === "none") {
      answer(response, 405, {});
      return;
    }
    const flows = list === "frozen" ? this.#frozen : [...this.#flows.values()];
    const rows = flows.map((flow) => this.#shown(flow)).map(({ name: _, ...row }) => row);
    const items = rows.slice((page - 1) * pageSize, page * pageSize);
    this.#pages += 1;
    const total = list === "moving" ? rows.length + this.#pages : rows.length;
    answer(response, 200, { items: list === "short" ? items.slice(0, -1) : items, page, pageSize, total });
  }

  #shown(flow: JsonObject): JsonObject {
    const hidden = ["version", "lastUpdatedTimestamp"].filter(
      (mark) => !this.#habits.marks.some((one) => one === mark),
    );
    return objectFrom(Object.entries(flow).filter(([key]) => !hidden.includes(key)));
  }
}

export interface Surveyed {
  readonly reads: ReadonlyMap<string, LiveRead>;
  /** How often something was asked for: `list`, or the id. */
  readonly asked: Readonly<Record<string, number>>;
  readonly cache: CacheReport | null;
}

/** A server for a tenant, and runs that read some of its flows with what is known. */
export async function serve(t: TestContext, tenant: ListedTenant) {
  const tiny = await startTiny(t, (seen, response) => tenant.handle(seen, response));
  return async (ids: readonly string[], known: KnownDocuments): Promise<Surveyed> => {
    tiny.seen.length = 0;
    const { store, report } = connectTo(t, tiny.url, { known });
    const readOne = await store.survey(ids.map((id) => ({ type: "flow", id })));
    const reads = await Promise.all(ids.map(async (id) => [id, await readOne({ type: "flow", id })] as const));
    const asked: Record<string, number> = {};
    for (const { path } of tiny.seen) {
      const what = path.startsWith(`${FLOWS}?`) ? "list" : path.slice(FLOWS.length + 1);
      asked[what] = (asked[what] ?? 0) + 1;
    }
    return { reads: new Map(reads), asked, cache: report().cache };
  };
}
