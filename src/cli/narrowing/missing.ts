/** Whether what a selected resource names is there, asked of the tenant only where the trail does not know. */
import type { ReadDocument } from "../../engine/ports.ts";
import type { Resource } from "../../kinds/kind.ts";
import { type LiveRead, refKey } from "../../model/live.ts";
import { type Session, whileStoppable } from "../session.ts";

/** Documents that were found absent, by `refKey`: nobody has to ask for them again. */
export type Absences = ReadonlyMap<string, LiveRead>;

export interface Missing {
  readonly resource: Resource;
  /** A clause. */
  readonly why: string;
}

/** Reads the documents of some resources, each once, and says which are not there, or may not be. Notes absences in `absent`. */
export async function findMissing(
  session: Session,
  resources: readonly Resource[],
  absent: Map<string, LiveRead>,
): Promise<readonly Missing[]> {
  if (resources.length === 0) return [];
  const byDocument = Map.groupBy(resources, ({ target }) => refKey(target));
  const refs = [...byDocument.values()].flatMap(([first]) => first?.target ?? []);
  const reads = await whileStoppable(session, async () => {
    const readOne = await session.connection.store.survey(refs);
    return Promise.all(refs.map(async (ref) => [refKey(ref), await readOne(ref)] as const));
  });
  return reads.flatMap(([key, read]): readonly Missing[] => {
    if (read.state === "present") return [];
    if (read.state === "absent") absent.set(key, read);
    const why = read.state === "absent" ? "it is not live" : `whether it is live is not known (${read.reason})`;
    return (byDocument.get(key) ?? []).map((resource) => ({ resource, why }));
  });
}

/** The session with a store that does not ask again for what was found absent while the run was narrowed. Writes ask all the same. */
export function withAbsences(session: Session, absent: Absences | undefined): Session {
  if (absent === undefined || absent.size === 0) return session;
  const { connection } = session;
  const survey = async (refs: Parameters<typeof connection.store.survey>[0]): Promise<ReadDocument> => {
    const readOne = await connection.store.survey(refs.filter((ref) => !absent.has(refKey(ref))));
    return async (ref) => absent.get(refKey(ref)) ?? readOne(ref);
  };
  return { ...session, connection: { ...connection, store: { ...connection.store, survey } } };
}
