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
import { createDocument, type DocumentCalls, lookUpDocument, type ReadCalls, removeDocument } from "./documents.ts";
import type { Family } from "./family.ts";
import { flowCalls, replaceFlow } from "./flows.ts";
import { listDocuments } from "./listing.ts";
import { type Lookup, toUnknown } from "./task.ts";
import type { Timeouts } from "./tenant.ts";
import { WebhookCalls } from "./webhooks.ts";
import { replaceWorkflow, workflowCalls } from "./workflows.ts";

export interface StoreParts {
  readonly flows: Family;
  readonly workflows: Family;
  readonly secrets: Secrets;
  readonly timeouts: Timeouts;
}

/** The live documents of a CXone tenant: finds the endpoint for each type of document. */
export class CxoneStore implements LiveStore {
  readonly #flows: DocumentCalls;
  readonly #workflows: DocumentCalls;
  readonly #templates: ReadCalls;
  readonly #attachments: ReadCalls;
  readonly #webhooks: WebhookCalls;

  constructor({ flows, workflows, secrets, timeouts }: StoreParts) {
    this.#flows = flowCalls(flows, secrets, timeouts);
    this.#workflows = workflowCalls(workflows, secrets, timeouts);
    this.#templates = templateCalls(workflows, secrets, timeouts);
    this.#attachments = attachmentCalls(workflows, secrets, timeouts);
    this.#webhooks = new WebhookCalls(workflows, secrets, timeouts);
  }

  async read(ref: DocumentRef): Promise<LiveRead> {
    const found = await this.#lookUp(ref);
    return found.state === "failed" ? toUnknown(found) : found;
  }

  survey(): Promise<ReadDocument> {
    return Promise.resolve((ref) => this.read(ref));
  }

  async list(type: string): Promise<LiveList> {
    if (type === "flow") return listDocuments(this.#flows, type);
    if (type === "workflow") return listDocuments(this.#workflows, type);
    if (type === "webhook") return this.#webhooks.list();
    return { state: "not-supported", reason: `A CXone tenant lists no documents of the type "${type}"` };
  }

  async create(write: CreateWrite): Promise<WriteResult> {
    const { type } = write.ref;
    if (type === "flow") return createDocument(this.#flows, write);
    if (type === "workflow") return createDocument(this.#workflows, write);
    if (type === "webhook") return this.#webhooks.create(write);
    return refuseWrite(type);
  }

  async replace(write: ReplaceWrite): Promise<WriteResult> {
    const { type } = write.ref;
    if (type === "flow") return replaceFlow(this.#flows, write);
    if (type === "workflow") return replaceWorkflow(this.#workflows, write);
    if (type === "webhook") return this.#webhooks.replace(write);
    return refuseWrite(type);
  }

  async remove(write: RemoveWrite): Promise<RemoveResult> {
    const { type } = write.ref;
    if (type === "flow") return removeDocument(this.#flows, write);
    if (type === "workflow") return removeDocument(this.#workflows, write);
    if (type === "webhook") return this.#webhooks.remove(write);
    return refuseWrite(type);
  }

  async #lookUp({ type, id }: DocumentRef): Promise<Lookup> {
    if (type === "flow") return lookUpDocument(this.#flows, id);
    if (type === "workflow") return lookUpDocument(this.#workflows, id);
    if (type === "webhook") return this.#webhooks.lookUp(id);
    if (type === "template") return lookUpDocument(this.#templates, id);
    if (type === "attachment") return lookUpDocument(this.#attachments, id);
    return {
      state: "failed",
      code: "api/not-supported",
      reason: `A CXone tenant holds no documents of the type "${type}"`,
      hint: "this is a defect in cxone-gitops; please report it",
    };
  }
}

function refuseWrite(type: string): Unwritten {
  const error = new GitopsError("api/not-supported", `Documents of the type "${type}" can only be read`);
  return { result: "rejected", error };
}
