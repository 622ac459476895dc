import assert from "node:assert/strict";
import type { KindContext, LoadedManifest } from "../../src/kinds/kind.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import type { Json } from "../../src/model/json.ts";
import type { SourceDocument } from "../../src/model/manifest.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { envelopeSchema } from "../../src/validate/envelope.ts";
import { kindContext } from "../../src/validate/validate.ts";

export interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly lastApplied?: KindContext["lastApplied"];
}

/** What its kind makes of a manifest that is data and needs no resolving, such as one that was kept. */
export function loadManifest(value: Json, { env = {}, lastApplied = () => undefined }: Around = {}): LoadedManifest {
  const { kind: name, metadata, spec } = envelopeSchema.parse(value);
  const kind = KINDS.find((known) => known.name === name);
  assert.ok(kind !== undefined);
  const source: SourceDocument = { file: "kept", index: 0, value, positionOf: () => ({ line: 1, column: 1 }) };
  return kind.load({ kind: name, metadata, spec, source }, kindContext({ env, secrets: new Secrets(), lastApplied }));
}
