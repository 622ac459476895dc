import type {
  CreateWrite,
  LiveList,
  LiveStore,
  ReadDocument,
  RemoveResult,
  RemoveWrite,
  ReplaceWrite,
  WriteResult,
} from "../engine/ports.ts";
import { GitopsError } from "../errors.ts";
import type { DocumentRef, LiveRead } from "../model/live.ts";
import type { Secrets } from "../model/secrets.ts";
import type { Unwritten } from "./answers.ts";
import { attachmentCalls, templateCalls } from "./content.ts";
import { createDocument, type DocumentCalls, removeDocument } from "./documents.ts";
import type { ApiEvent } from "./events.ts";
import type { Family } from "./family.ts";
import { flowCalls, replaceFlow } from "./flows.ts";
import { Collection } from "./lists/collection.ts";
import type { KnownDocuments } from "./lists/known.ts";
import type { ReadLive } from "./lists/survey.ts";
import { type ReadParts, Reads } from "./reads.ts";
import { type Lookup, toUnknown } from "./task.ts";
import type { Timeouts } from "./tenant.ts";
import { WebhookCalls } from "./webhooks.ts";
import { replaceWorkflow, workflowCalls } from "./workflows.ts";

export interface StoreParts {
  readonly flows: Family;
  readonly workflows: Family;
  readonly secrets: Secrets;
  readonly timeouts: Timeouts;
  /** What earlier runs have read. */
  readonly known: KnownDocuments;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly note: (event: ApiEvent & { readonly type: "known" }) => void;
}

/** The live documents of a CXone tenant: finds the endpoint for each type of document. */
export class CxoneStore implements LiveStore {
  readonly #known: KnownDocuments;
  readonly #flows: DocumentCalls;
  readonly #workflows: DocumentCalls;
  readonly #webhooks: WebhookCalls;
  /** By type: what can be listed. */
  readonly #collections: ReadonlyMap<string, Collection>;
  /** By type: what is only ever read, one by one. */
  readonly #contents: ReadonlyMap<string, Reads>;

  constructor({ flows, workflows, secrets, timeouts, known, random, note }: StoreParts) {
    const noteFor = (family: string): Omit<ReadParts, "type" | "calls"> => {
      return { known, note: (what, count) => note({ type: "known", family, what, count }) };
    };
    this.#known = known;
    this.#flows = flowCalls(flows, secrets, timeouts);
    this.#workflows = workflowCalls(workflows, secrets, timeouts);
    this.#webhooks = new WebhookCalls(workflows, secrets, timeouts);
    this.#collections = new Map([
      ["flow", new Collection({ ...noteFor("flows"), type: "flow", calls: this.#flows, random })],
      ["workflow", new Collection({ ...noteFor("workflows"), type: "workflow", calls: this.#workflows, random })],
    ]);
    const templates = templateCalls(workflows, secrets, timeouts);
    const attachments = attachmentCalls(workflows, secrets, timeouts);
    this.#contents = new Map([
      ["template", new Reads({ ...noteFor("workflows"), type: "template", calls: templates })],
      ["attachment", new Reads({ ...noteFor("workflows"), type: "attachment", calls: attachments })],
    ]);
  }

  async read(ref: DocumentRef): Promise<LiveRead> {
    const { type } = ref;
    const reads = this.#collections.get(type) ?? this.#contents.get(type);
    if (reads !== undefined) return toRead(await reads.read(ref));
    return toRead(type === "webhook" ? await this.#webhooks.lookUp(ref.id) : refuseRead(type));
  }

  async survey(refs: readonly DocumentRef[]): Promise<ReadDocument> {
    await this.#known.load();
    const refsByType = Map.groupBy(refs, ({ type }) => type);
    const surveys = [...this.#collections].map(async ([type, collection]): Promise<[string, ReadLive]> => {
      return [type, await collection.survey(refsByType.get(type) ?? [])];
    });
    const readByType = new Map(await Promise.all(surveys));
    for (const [type, reads] of this.#contents) readByType.set(type, (ref) => reads.readIfModified(ref));
    return async (ref) => {
      const readOne = readByType.get(ref.type);
      return readOne === undefined ? this.read(ref) : toRead(await readOne(ref));
    };
  }

  async list(type: string): Promise<LiveList> {
    if (type === "webhook") return this.#webhooks.list();
    const collection = this.#collections.get(type);
    if (collection !== undefined) return collection.list();
    return { state: "not-supported", reason: `A CXone tenant lists no documents of the type "${type}"` };
  }

  async create(write: CreateWrite): Promise<WriteResult> {
    const { type } = write.ref;
    if (type === "flow") return this.#write(write.ref, createDocument(this.#flows, write));
    if (type === "workflow") return this.#write(write.ref, createDocument(this.#workflows, write));
    if (type === "webhook") return this.#webhooks.create(write);
    return refuseWrite(type);
  }

  async replace(write: ReplaceWrite): Promise<WriteResult> {
    const { type } = write.ref;
    if (type === "flow") return this.#write(write.ref, replaceFlow(this.#flows, write));
    if (type === "workflow") return this.#write(write.ref, replaceWorkflow(this.#workflows, write));
    if (type === "webhook") return this.#webhooks.replace(write);
    return refuseWrite(type);
  }

  async remove(write: RemoveWrite): Promise<RemoveResult> {
    const { type } = write.ref;
    if (type === "flow") return this.#write(write.ref, removeDocument(this.#flows, write));
    if (type === "workflow") return this.#write(write.ref, removeDocument(this.#workflows, write));
    if (type === "webhook") return this.#webhooks.remove(write);
    return refuseWrite(type);
  }

  /** Whatever came of the write, what was known of the document before counts no more. */
  async #write<Result>(ref: DocumentRef, writing: Promise<Result>): Promise<Result> {
    const result = await writing;
    this.#collections.get(ref.type)?.forget(ref);
    return result;
  }
}

function toRead(found: Lookup): LiveRead {
  return found.state === "failed" ? toUnknown(found) : found;
}

function refuseRead(type: string): Lookup {
  return {
    state: "failed",
    code: "api/not-supported",
    reason: `A CXone tenant holds no documents of the type "${type}"`,
    hint: "this is a defect in cxone-gitops; please report it",
  };
}

function refuseWrite(type: string): Unwritten {
  const error = new GitopsError("api/not-supported", `Documents of the type "${type}" can only be read`);
  return { result: "rejected", error };
}
