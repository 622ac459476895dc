import type { JsonObject } from "./json.ts";

/**
 * The address of one live document. `type` names a family of documents (`flow`, `workflow`, `webhook`, `template` …),
 * `id` its name there. The engine treats both as opaque.
 */
export interface DocumentRef {
  readonly type: string;
  readonly id: string;
}

/** One text for one address, to key maps by. */
export function refKey(ref: DocumentRef): string {
  return `${ref.type}/${ref.id}`;
}

/** A document that was read. `version` is whatever the other side orders its writes by, or null where it has nothing of the kind. */
export interface LiveDocument {
  readonly state: "present";
  readonly document: JsonObject;
  readonly version: string | number | null;
  /** The last edit of the document, where the other side tells: milliseconds since the epoch, and a name for people. */
  readonly changed?: LastEdit;
}

export interface LastEdit {
  readonly at: number;
  readonly by: string | null;
}

/**
 * What a read found. Absent, unknown and present are three different things: absent is the other side's own word that
 * there is no such document; unknown means that nothing can be concluded and nothing may be written.
 */
export type LiveRead = LiveDocument | { readonly state: "absent" } | UnknownRead;

export interface UnknownRead {
  readonly state: "unknown";
  /** One sentence for a person: what failed and what to do. */
  readonly reason: string;
}
