/** What an import would write, one draft for each manifest. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { siblingsOf, type Unit } from "../../engine/units.ts";
import { systemCodeOf } from "../../errors.ts";
import type { Importing } from "../../kinds/importing.ts";
import type { Resource } from "../../kinds/kind.ts";
import { KINDS } from "../../kinds/registry.ts";
import { refKey } from "../../model/live.ts";
import { MASK } from "../../model/secrets.ts";
import { displayPath } from "../../source/folder.ts";
import { holdsSecret } from "../../source/write-values.ts";
import type { Session } from "../session.ts";
import type { FoundDocument } from "./live.ts";
import { nameFor, TakenNames } from "./names.ts";
import type { ImportScope } from "./scope.ts";
import { newManifest, restateManifest, type WantedManifest, type WantedOptions } from "./wanted.ts";

/** One manifest of the import's result, before anything is written. */
export interface Draft extends WantedManifest {
  readonly kind: string;
  readonly name: string;
  /** On the tenant. */
  readonly id: string;
  readonly document: FoundDocument;
  /** As people write it: relative to the working directory. */
  readonly file: string;
  /** Which document of the file. */
  readonly index: number;
  /** undefined for a new manifest, in a new file. */
  readonly edits: Resource | undefined;
}

/** True for what is not to be written because it is in the file already. */
export function isUnchanged({ edits, value }: Draft): boolean {
  return edits !== undefined && edits.source.value === value;
}

export interface DraftOptions extends WantedOptions {
  readonly scope: ImportScope;
  /** The manifests folder, absolute. */
  readonly folder: string;
  /** What manifests describe. */
  readonly resources: readonly Resource[];
  readonly units: readonly Unit[];
}

/** Drafts for every document: edits of the manifests that describe it, then new ones for what none describes. */
export async function makeDrafts(
  session: Session,
  documents: readonly FoundDocument[],
  options: DraftOptions,
): Promise<readonly Draft[]> {
  const { scope, resources, folder } = options;
  const unitByKey = new Map(options.units.map((unit) => [refKey(unit.ref), unit]));
  const makers = new Map<string, Maker>();
  for (const { name, importing } of KINDS) {
    if (importing === undefined || !scope.newKinds.has(name)) continue;
    const names = resources.filter(({ kind }) => kind === name).map((one) => one.name);
    const files = await listNames(join(folder, importing.folder));
    makers.set(name, { importing, names: new TakenNames(names), files: new TakenNames(files) });
  }
  return documents.flatMap((found) => {
    const unit = unitByKey.get(refKey(found.ref));
    return [...draftEdits(session, found, unit, options), ...draftNew(session, found, unit, makers, options)];
  });
}

interface Maker {
  readonly importing: Importing;
  readonly names: TakenNames;
  readonly files: TakenNames;
}

function draftEdits(
  session: Session,
  found: FoundDocument,
  unit: Unit | undefined,
  options: DraftOptions,
): readonly Draft[] {
  if (unit === undefined) return [];
  const edited = unit.resources.filter(({ kind }) => options.scope.editedKinds.has(kind));
  return edited.flatMap((resource) => {
    const siblings = siblingsOf(unit, resource);
    const wanted = restateManifest(session, resource, { document: found.document, siblings }, options);
    if (wanted === undefined) return [];
    const { kind, name, id, source } = resource;
    return [{ ...wanted, kind, name, id, document: found, file: source.file, index: source.index, edits: resource }];
  });
}

function draftNew(
  session: Session,
  found: FoundDocument,
  unit: Unit | undefined,
  makers: ReadonlyMap<string, Maker>,
  options: DraftOptions,
): readonly Draft[] {
  const siblings = unit?.resources ?? [];
  if (siblings.some(({ claims }) => claims.some(({ what }) => what === "whole"))) return [];
  const tenants = session.config.tenantNames.length > 1 ? [session.tenant.name] : undefined;
  return [...makers].flatMap(([kind, { importing, names, files }]) => {
    if (importing.documentType !== found.ref.type) return [];
    return importing.importFrom(found.document, found.ref.id, siblings).map((imported) => {
      const { secrets } = session.io;
      const isSecret = holdsSecret(imported.name, secrets);
      const name = names.take(nameFor(isSecret ? "" : imported.name));
      const file = displayPath(session.io.cwd, join(options.folder, importing.folder, `${files.take(name)}.yaml`));
      const wanted = newManifest(session, imported, { kind, name, tenants }, options);
      const refusal = isSecret ? NAMED_SECRETLY : wanted.refusal;
      const id = isSecret ? MASK : imported.id;
      return { ...wanted, refusal, kind, name, id, document: found, file, index: 0, edits: undefined };
    });
  });
}

/** Names of manifests and files are shown wherever there is talk of them. */
const NAMED_SECRETLY =
  "what it is called on the tenant holds a secret, or the value of an environment variable that may be one. Rename it there, or run again without that variable";

/** What files are called, without their ending. */
async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).map((name) => name.replace(/\.[^.]*$/, ""));
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}
