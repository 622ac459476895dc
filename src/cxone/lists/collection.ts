import type { LiveList } from "../../engine/ports.ts";
import type { DocumentRef } from "../../model/live.ts";
import { Reads } from "../reads.ts";
import type { Lookup } from "../task.ts";
import { listCallOf, toLiveList } from "./listing.ts";
import { listAll, type WholeList } from "./paged-list.ts";
import { type ReadLive, type SurveyParts, surveyDocuments } from "./survey.ts";

/** All documents of one type that a tenant can list: reading one, reading many, and saying which there are. */
export class Collection {
  readonly #parts: SurveyParts;
  readonly #reads: Reads;
  /** A list that was read for its names serves the survey right after it as well. */
  #listed: WholeList | undefined;

  constructor(parts: SurveyParts) {
    this.#parts = parts;
    this.#reads = new Reads(parts);
  }

  read(ref: DocumentRef): Promise<Lookup> {
    return this.#reads.read(ref);
  }

  async list(): Promise<LiveList> {
    const { type, calls, known } = this.#parts;
    const call = listCallOf(calls);
    const list = await listAll(call);
    this.#listed = list.state === "listed" ? list : undefined;
    if (list.state === "listed") known.noteListSize(type, list.pages);
    return toLiveList(list, { type, idKey: "id", task: call.task });
  }

  survey(refs: readonly DocumentRef[]): Promise<ReadLive> {
    const listed = this.#listed;
    this.#listed = undefined;
    return surveyDocuments(this.#parts, refs, listed);
  }

  /** After a write, or the attempt of one: what was known of the document may not be so any more, nor what was listed. */
  forget(ref: DocumentRef): void {
    this.#listed = undefined;
    this.#parts.known.forget(ref);
  }
}
