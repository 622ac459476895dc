/**
 * Errors behind which a part of a picture may be hidden. A manifest that cannot be read describes nothing, and in a picture of a
 * difference that looks like a removal. Which document such a manifest is about may be unknown; it counts unless it is known to be about
 * another one.
 */
import { type Finding, hasErrors } from "../../model/finding.ts";
import { type DocumentRef, refKey } from "../../model/live.ts";
import type { SourceDocument } from "../../model/manifest.ts";
import { findTests, type LoadedUnits, nameOf } from "./find-drawable.ts";

/** The errors of each revision that keep a difference of the document from being drawn. */
export function findHiding(places: readonly LoadedUnits[], ref: DocumentRef): readonly Finding[] {
  const isElsewhere = makeIsElsewhere(places, ref);
  return places.flatMap(({ units, documents, findings }) => {
    const described = new Set(units.flatMap(({ resources }) => resources.map(({ source }) => source)));
    const undescribed = documents.filter((document) => !described.has(document));
    const hiding = new Set(undescribed.filter((document) => !isElsewhere(document)).map(({ file }) => file));
    const readable = new Set(documents.map(({ file }) => file));
    // A file without a document is one that could not be parsed; so may be a part of one with documents.
    const isHiding = ({ file, rule }: Finding) => hiding.has(file) || !readable.has(file) || isOfParsing(rule);
    return findings.filter((finding) => hasErrors([finding]) && isHiding(finding));
  });
}

function isOfParsing(rule: string): boolean {
  return rule.startsWith("yaml/") || rule.startsWith("source/");
}

/** Whether a document that could not be understood is known to be about another one, by its kind or by what it was at the other revision. */
function makeIsElsewhere(places: readonly LoadedUnits[], ref: DocumentRef): (document: SourceDocument) => boolean {
  const resources = places.flatMap(({ units }) => units.flatMap((unit) => unit.resources));
  const tests = places.flatMap(findTests);
  const kindsElsewhere = new Set([
    ...tests.map(({ kind }) => kind),
    ...resources.flatMap(({ kind, target }) => (target.type === ref.type ? [] : [kind])),
  ]);
  const others = new Set(
    resources.flatMap(({ kind, name, target }) => (refKey(target) === refKey(ref) ? [] : [keyOf({ kind, name })])),
  );
  return (document) => {
    const named = nameOf(document);
    return named !== undefined && (kindsElsewhere.has(named.kind) || others.has(keyOf(named)));
  };
}

function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return JSON.stringify([kind, name]);
}
