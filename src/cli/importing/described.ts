import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Unit } from "../../engine/units.ts";
import { systemCodeOf } from "../../errors.ts";
import type { Resource } from "../../kinds/kind.ts";
import { KINDS } from "../../kinds/registry.ts";
import type { Finding } from "../../model/finding.ts";
import { type Json, stringAt } from "../../model/json.ts";
import { loadDocuments } from "../../source/folder.ts";
import type { LoadedDocuments } from "../../source/parse-files.ts";
import { groupMembers } from "../planning.ts";
import type { Session } from "../session.ts";
import type { Memory } from "../trail/memory.ts";
import { validateDesired } from "../workspace.ts";

/** What manifests describe already. */
export interface Described {
  /** The manifests folder, absolute. */
  readonly folder: string;
  readonly loaded: LoadedDocuments;
  readonly resources: readonly Resource[];
  /** With what is leaving, as a plan has them; some hold nothing else. */
  readonly units: readonly Unit[];
  /** Why it cannot be said what manifests describe. */
  readonly blocking: readonly Finding[];
}

/** Reads the manifests of the session's tenant from the folder that an import writes to. One that is not there yet describes nothing. `given` are the manifests where they have been read elsewhere. */
export async function loadDescribed(session: Session, memory: Memory, given?: LoadedDocuments): Promise<Described> {
  const { io, config, options, tenant } = session;
  const folder = options.manifests === undefined ? config.manifestsDirectory : resolve(io.cwd, options.manifests);
  const isThere = await stat(folder).catch((thrown: unknown) => {
    if (systemCodeOf(thrown) !== "ENOENT") throw thrown;
  });
  const loaded = given ?? (isThere ? await loadDocuments(folder, { cwd: io.cwd }) : NOTHING);
  const { resources, findings } = validateDesired(session, { loaded }, tenant, memory.lastApplied);
  const describing = new Set(loaded.documents.filter(({ value }) => !isTest(value)).map(({ file }) => file));
  const read = new Set(loaded.documents.map(({ file }) => file));
  const blocking = findings.filter(({ rule, severity, file }) => {
    return severity === "error" && !CONTENT.test(rule) && (describing.has(file) || !read.has(file));
  });
  return { folder, loaded, resources, units: groupMembers(resources, memory.resources), blocking };
}

const NOTHING: LoadedDocuments = { documents: [], problems: [], texts: new Map() };

/** What is never live describes nothing that is. */
function isTest(manifest: Json): boolean {
  const kind = stringAt(manifest, "kind");
  return KINDS.some(({ name, importing }) => name === kind && importing === undefined);
}

/** Rules that are broken by what a manifest describes, while it is plain what that is. */
const CONTENT = /^(?:email|flow|test|webhook|workflow)\//;
