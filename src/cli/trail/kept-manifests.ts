import { readKept } from "../../audit/kept.ts";
import type { KindContext, Resource } from "../../kinds/kind.ts";
import { KINDS } from "../../kinds/registry.ts";
import type { Manifest, SourceDocument } from "../../model/manifest.ts";
import { resolveVariables } from "../../source/variables.ts";
import { envelopeSchema } from "../../validate/envelope.ts";
import { isSecretPlace, kindContext } from "../../validate/validate.ts";
import type { Session } from "../session.ts";

/** The resource that a kept manifest describes; undefined when this version of the product cannot make one of it. */
export async function describeKept(
  session: Session,
  digest: string,
  lastApplied: KindContext["lastApplied"],
): Promise<Resource | undefined> {
  return describeManifest(session, await readManifest(session, digest), lastApplied);
}

/** A kept manifest; undefined when it is none that this version knows. Throws as `readKept` does. */
export async function readManifest({ config, io }: Session, digest: string): Promise<Manifest | undefined> {
  const kept = await readKept(config.audit.file, digest);
  const { env, secrets } = io;
  // What the environment does not have any more stays a reference, which is as good as a mask.
  const { value } = resolveVariables(kept, { variables: {}, env, secrets, keepEnvAt: isSecretPlace });
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return undefined;
  const { kind, metadata, spec } = envelope.data;
  return { kind, metadata, spec, source: keptSource(digest, value), kept: () => kept };
}

/** As `describeKept`, of a manifest that was read. */
export function describeManifest(
  { io }: Session,
  manifest: Manifest | undefined,
  lastApplied: KindContext["lastApplied"],
): Resource | undefined {
  const kind = KINDS.find(({ name }) => name === manifest?.kind);
  if (manifest === undefined || kind === undefined) return undefined;
  return kind.load(manifest, kindContext({ env: io.env, secrets: io.secrets, lastApplied })).resource;
}

/** A kept manifest stands in no file that a person edits. */
function keptSource(digest: string, value: SourceDocument["value"]): SourceDocument {
  return { file: `audit trail, ${digest}`, index: 0, value, positionOf: () => ({ line: 1, column: 1 }) };
}
