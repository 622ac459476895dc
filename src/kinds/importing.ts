/** How manifests are made of what is live. */
import type { JsonObject, JsonPath } from "../model/json.ts";
import type { Resource } from "./kind.ts";

export interface Importing {
  /** The type of the live documents that hold what the kind describes. */
  readonly documentType: string;
  /** The folder, below that of the manifests, in which new ones are put. */
  readonly folder: string;
  /**
   * What a live document holds that no manifest describes yet. Asked only while none of `siblings` claims the whole
   * document. Must accept any JSON object: what a manifest cannot leave out and the document does not say is there as
   * null, for the schema to refuse.
   */
  importFrom(document: JsonObject, id: string, siblings: readonly Resource[]): readonly Imported[];
}

/** One live thing as a new manifest says it, in the shortest form. */
export interface Imported {
  /** As the id of the resource will be. */
  readonly id: string;
  /** What it is called on the tenant, to make `metadata.name` of. */
  readonly name: string;
  /** The field that says `name` and is left out where `metadata.name` says the same; undefined where others say it. */
  readonly nameField: "id" | "name" | undefined;
  readonly spec: JsonObject;
  readonly remarks: Remarks;
}

/** A manifest's spec beside what it would be if it described live. */
export interface Restated {
  /** What the manifest says, references resolved, nothing left out. */
  readonly said: JsonObject;
  /** What it would say of live: the owned part only, in its own spelling and order where the meaning is equal. */
  readonly live: JsonObject;
  /** `live` in the shortest form; each list is as long as it is in `live`. */
  readonly short: JsonObject;
  readonly remarks: Remarks;
}

/** What else there is to say, for people. */
export interface Remarks {
  /** About this one alone: what was left out of the manifest, and why. */
  readonly notes: readonly string[];
  /** The same for every one of the kind, so that it is said once. */
  readonly general: readonly string[];
  /** Places in the spec whose text holds a credential, and must not be written as it is. */
  readonly credentials: readonly JsonPath[];
}

export const NO_REMARKS: Remarks = { notes: [], general: [], credentials: [] };
