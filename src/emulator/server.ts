import { type AppOptions, createEmulatorApp } from "./app.ts";
import type { DocumentType } from "./documents.ts";
import type { DocumentEdit } from "./edit.ts";
import type { FaultRule } from "./faults.ts";
import type { JsonObject } from "./json.ts";
import type { RequestLogEntry } from "./log.ts";
import type { EditableType } from "./scopes.ts";
import { describeWorld, type EmulatorState } from "./state.ts";
import { editDocument, removeDocument } from "./world.ts";

export interface EmulatorOptions extends AppOptions {
  /** Default 127.0.0.1. On any other address the admin interface still answers only to this machine. */
  readonly host?: string | undefined;
  /** Default 0: the system chooses. */
  readonly port?: number | undefined;
}

/** A running emulator and its controls, which work beside the API: no token, no fault, no log entry. */
export interface Emulator {
  /** The base URL of both families, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The requests so far, in order of arrival. */
  log(): readonly RequestLogEntry[];
  clearLog(): void;
  addFault(rule: FaultRule): void;
  clearFaults(): void;
  /** Edits a flow as a person in the vendor's editor would: its version moves on. Returns what is stored; throws when there is none. */
  editFlow(id: string, edit: DocumentEdit): JsonObject;
  /** As `editFlow`. */
  editWorkflow(id: string, edit: DocumentEdit): JsonObject;
  /** What is stored, with its version, whatever the settings hide; undefined when there is none. */
  document(type: DocumentType, id: string): JsonObject | undefined;
  /** As `editFlow`, by the webhook's id; returns it without its secret. Throws also for an edit that leaves no webhook. */
  editWebhook(id: string, edit: DocumentEdit): JsonObject;
  /** Deletes a document as a person would; false when there was none. */
  removeDocument(type: EditableType, id: string): boolean;
  state(): EmulatorState;
  /** Back to the seed: documents, tokens, keys, faults and the log. */
  reset(): void;
  /** Resolves when every webhook delivery so far has ended. */
  deliveriesSettled(): Promise<void>;
  /** Ends connections, waits and deliveries. May be called twice. */
  close(): Promise<void>;
}

/** Starts an emulator. Rejects when the address cannot be listened on. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { app, world, reset } = createEmulatorApp(options);
  const url = await app.listen({ host: options.host ?? "127.0.0.1", port: options.port ?? 0 });
  const address = app.server.address();
  return {
    url,
    port: typeof address === "object" && address !== null ? address.port : 0,
    log: () => world().log.entries(),
    clearLog: () => world().log.clear(),
    addFault: (rule) => world().faults.add(rule),
    clearFaults: () => world().faults.clear(),
    editFlow: (id, edit) => editDocument(world(), "flow", id, edit),
    editWorkflow: (id, edit) => editDocument(world(), "workflow", id, edit),
    editWebhook: (id, edit) => editDocument(world(), "webhook", id, edit),
    document: (type, id) => world().documents[type].find(id),
    removeDocument: (type, id) => removeDocument(world(), type, id),
    state: () => describeWorld(world()),
    reset,
    deliveriesSettled: () => world().deliveries.settled(),
    close: () => app.close(),
  };
}
