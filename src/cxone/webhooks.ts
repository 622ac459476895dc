import type { CreateWrite, LiveList, RemoveResult, RemoveWrite, ReplaceWrite, WriteResult } from "../engine/ports.ts";
import { type JsonObject, objectFrom, stringAt } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import { identify, toLive, type Unwritten, writtenFrom } from "./answers.ts";
import { rememberSecret } from "./attempts/remember-secret.ts";
import { checkBase } from "./base.ts";
import { refuseId, withoutTenantFields } from "./documents.ts";
import type { Call, Family } from "./family.ts";
import { sendGuarded } from "./guarded.ts";
import { toLiveList } from "./lists/listing.ts";
import { listAll, type PagedList } from "./lists/paged-list.ts";
import { removeBase } from "./removal.ts";
import { failTask, type Lookup, type Task, toError } from "./task.ts";
import type { Timeouts } from "./tenant.ts";
import { toPathSegment } from "./wire/address.ts";

const SCOPE = "webhook:manage";
const WEBHOOKS = "/api/v2/webhooks";

/** A webhook to send, and what is looked at before. */
interface Sending {
  readonly call: Pick<Call, "method" | "endpoint" | "path">;
  readonly write: CreateWrite;
  readonly task: Task;
  /** The version that it replaces. */
  readonly base: string | number | null;
  readonly look: (() => Promise<Unwritten | undefined>) | undefined;
}

/**
 * Webhooks, which are found by name: the tenant gives them ids, manifests know none. What leaves this class never holds
 * a webhook's `secret`, neither one that we sent nor one that a tenant should not have answered.
 */
export class WebhookCalls {
  readonly #family: Family;
  readonly #secrets: Secrets;
  readonly #timeouts: Timeouts;
  /** One list serves the first read of every name. */
  #list: Promise<PagedList> | undefined;
  readonly #namesRead = new Set<string>();

  constructor(family: Family, secrets: Secrets, timeouts: Timeouts) {
    this.#family = family;
    this.#secrets = secrets;
    this.#timeouts = timeouts;
  }

  /** A name that is read again is read because something may have changed, so its list is fetched anew. */
  async lookUp(name: string): Promise<Lookup> {
    if (this.#namesRead.has(name)) this.#list = undefined;
    this.#namesRead.add(name);
    return this.#find(name, this.#taskOf("read", name));
  }

  /** Every webhook by its name. The same list serves the first read of each. */
  async list(): Promise<LiveList> {
    const task = { ...this.#taskOf("read", ""), doing: "list the webhooks" };
    return toLiveList(await this.#listAll(task), { type: "webhook", idKey: "name", task });
  }

  /** Looks once more just before: the tenant itself would take a second webhook of the same name. */
  async create(write: CreateWrite): Promise<WriteResult> {
    const task = this.#taskOf("create", write.ref.id);
    const look = async (): Promise<Unwritten | undefined> => {
      const live = await this.#findAnew(write.ref.id, task);
      if (live.state === "absent") return undefined;
      if (live.state === "failed") return { result: "rejected", error: toError(live) };
      return { result: "conflict", message: this.#secrets.mask(`Could not ${task.doing}: there is one by now`) };
    };
    // Its id is the tenant's too.
    const { id, ...document } = withoutTenantFields(write.document);
    const call = { method: "POST", endpoint: WEBHOOKS, path: WEBHOOKS } as const;
    return this.#write({ call, write: { ...write, document }, task, base: null, look });
  }

  async replace(write: ReplaceWrite): Promise<WriteResult> {
    const task = this.#taskOf("update", write.ref.id);
    const segment = toPathSegment(identify(write.base.document, ["id"]) ?? "");
    if (segment === undefined) return { result: "rejected", error: toError(refuseId(task)) };
    const base = write.base.version;
    const look = async () => checkBase(await this.#findAnew(write.ref.id, task), write.base, task);
    const call = { method: "PUT", endpoint: `${WEBHOOKS}/{id}`, path: `${WEBHOOKS}/${segment}` } as const;
    return this.#write({ call, write, task, base, look: base === null ? look : undefined });
  }

  async remove(write: RemoveWrite): Promise<RemoveResult> {
    const task = this.#taskOf("delete", write.ref.id);
    const segment = toPathSegment(identify(write.base.document, ["id"]) ?? "");
    if (segment === undefined) return { result: "rejected", error: toError(refuseId(task)) };
    const removal = {
      family: this.#family,
      task,
      noun: "webhook",
      collection: WEBHOOKS,
      segment,
      timeoutMs: this.#timeouts.webhookWriteMs,
      look: () => this.#findAnew(write.ref.id, task),
    };
    const result = await removeBase(removal, write);
    this.#list = undefined;
    return result;
  }

  async #write({ call: where, write, task, base, look }: Sending): Promise<WriteResult> {
    const secret = stringAt(write.document, "secret");
    if (secret !== undefined) rememberSecret(this.#secrets, secret);
    const { document: body, idempotencyKey } = write;
    const call = { ...where, timeoutMs: this.#timeouts.webhookWriteMs, body, idempotencyKey };
    const sent = await sendGuarded(this.#family, call, look);
    if ("obstacle" in sent) return sent.obstacle;
    const { reply } = sent;
    // Also a list that was begun while the write was under way may be from before it.
    this.#list = undefined;
    if (call.method === "PUT" && reply.answered && reply.status === 404) {
      return {
        result: "conflict",
        message: this.#secrets.mask(`Could not ${task.doing}: it is gone since it was read`),
      };
    }
    const expected = { id: write.ref.id, idKeys: ["name"] };
    const result = writtenFrom(reply, task, { document: write.document, expected, base });
    // Nothing says that webhooks remember keys, and two of one name are possible.
    if (result.result === "uncertain") return { ...result, honoursKeys: false };
    if (result.result !== "written") return result;
    return { ...result, honoursKeys: false, live: { ...result.live, document: withoutSecret(result.live.document) } };
  }

  #findAnew(name: string, task: Task): Promise<Lookup> {
    this.#list = undefined;
    return this.#find(name, task);
  }

  async #find(name: string, task: Task): Promise<Lookup> {
    const list = await this.#listAll(task);
    if (list.state === "failed") return list;
    const found = list.items.filter((webhook) => stringAt(webhook, "name") === name);
    const [first] = found;
    if (first === undefined) return { state: "absent" };
    if (found.length === 1) return toLive(withoutSecret(first));
    const ids = found.map((webhook) => identify(webhook, ["id"]) ?? "?").join(", ");
    const why = `${found.length === 2 ? "two" : found.length} webhooks are named "${name}" (ids ${ids})`;
    return failTask(task, "api/unexpected", why, "delete all but one in CXone");
  }

  #listAll(task: Task): Promise<PagedList> {
    this.#list ??= listAll({
      family: this.#family,
      collection: WEBHOOKS,
      timeoutMs: this.#timeouts.readMs,
      task: { ...task, doing: "list the webhooks" },
      unlisted: {
        why: (status) => `this tenant cannot list webhooks (${status}), so they cannot be managed`,
        hint: "leave Webhook manifests out for this tenant",
      },
    });
    return this.#list;
  }

  #taskOf(verb: string, name: string): Task {
    return { doing: `${verb} webhook "${name}"`, needs: SCOPE, asked: this.#family.scope, secrets: this.#secrets };
  }
}

function withoutSecret(document: JsonObject): JsonObject {
  return objectFrom(Object.entries(document).filter(([key]) => key !== "secret"));
}
