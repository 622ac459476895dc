import type { LiveStore, ReadDocument, WriteResult } from "../engine/ports.ts";
import { credentialsOf } from "../kinds/live-credentials.ts";
import type { JsonObject } from "../model/json.ts";
import { type DocumentRef, type LiveRead, refKey } from "../model/live.ts";
import type { Secrets } from "../model/secrets.ts";

/**
 * A store of which nothing is read, by any command, before the credentials in it are known as secrets: what import would leave out is in
 * no plan, picture, message or kept document. `isClean` is true of documents that are known to hold none.
 */
export function learningStore(
  store: LiveStore,
  secrets: Secrets,
  isClean: (document: JsonObject) => boolean = () => false,
): LiveStore {
  const learn = (ref: DocumentRef, read: LiveRead) => {
    if (read.state !== "present" || isClean(read.document)) return;
    for (const text of credentialsOf(ref.type, read.document)) secrets.addRecognised(text, refKey(ref));
  };
  const written = (ref: DocumentRef, result: WriteResult): WriteResult => {
    if (result.result === "written") learn(ref, result.live);
    return result;
  };
  const learning = (readOne: ReadDocument): ReadDocument => {
    return async (ref) => {
      const read = await readOne(ref);
      learn(ref, read);
      return read;
    };
  };
  return {
    read: learning((ref) => store.read(ref)),
    survey: async (refs) => learning(await store.survey(refs)),
    list: (type) => store.list(type),
    create: async (write) => written(write.ref, await store.create(write)),
    replace: async (write) => written(write.ref, await store.replace(write)),
    remove: (write) => store.remove(write),
  };
}
