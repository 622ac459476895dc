import { maskFinding } from "../engine/mask.ts";
import type { Narrowed } from "../model/narrowing.ts";
import type { Plan } from "../model/plan.ts";
import type { Secrets } from "../model/secrets.ts";

/** What a plan quotes is masked already where it is made; names and places are masked here. */
export function maskPlan(plan: Plan, secrets: Secrets): Plan {
  const mask = (text: string) => secrets.mask(text);
  return {
    ...plan,
    tenant: mask(plan.tenant),
    revision: plan.revision === null ? null : mask(plan.revision),
    ...(plan.narrowed && { narrowed: maskNarrowed(plan.narrowed, mask) }),
    changes: plan.changes.map((change) => ({
      ...change,
      name: mask(change.name),
      id: mask(change.id),
      document: { ...change.document, id: mask(change.document.id) },
      liveVersion: typeof change.liveVersion === "string" ? mask(change.liveVersion) : change.liveVersion,
    })),
    findings: plan.findings.map((finding) => ({ ...maskFinding(finding, secrets), file: mask(finding.file) })),
    refusals: plan.refusals.map((refusal) => ({
      ...refusal,
      message: mask(refusal.message),
      hint: mask(refusal.hint),
    })),
  };
}

function maskNarrowed(narrowed: Narrowed, mask: (text: string) => string): Narrowed {
  const { by, along, notes } = narrowed;
  const company = along.map(({ kind, name, id, why }) => ({ kind, name: mask(name), id: mask(id), why: mask(why) }));
  return { ...narrowed, by: by.map(mask), along: company, notes: notes.map(mask) };
}
