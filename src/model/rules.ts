/**
 * Every rule that a finding can come from. Ids are stable: configurations name them, and reports count by them. A test keeps this
 * list and docs/rules.md equal.
 */
export const RULES = [
  "config/invalid",
  "config/literal-secret",
  "config/unknown-key",
  "email/attachment-id",
  "email/attachment-shape",
  "email/attachment-size-unknown",
  "email/attachment-too-large",
  "email/attachments-too-large",
  "email/duplicate-attachment",
  "email/neighbour",
  "email/neighbours-disagree",
  "email/placeholder",
  "email/unknown-attachment",
  "email/unknown-template",
  "email/variable",
  "flow/condition-syntax",
  "flow/connection-prefix",
  "flow/cycle",
  "flow/dead-end",
  "flow/duplicate-connection",
  "flow/duplicate-node",
  "flow/missing-fallback",
  "flow/node-prefix",
  "flow/same-condition",
  "flow/start",
  "flow/terminal-leaves",
  "flow/too-many-connections",
  "flow/too-many-leaving",
  "flow/type-condition",
  "flow/unknown-node",
  "flow/unreachable",
  "live/duplicate-node",
  "live/other-type",
  "live/shape",
  "live/transition-taken",
  "live/unknown",
  "live/unknown-document",
  "manifest/duplicate-name",
  "manifest/envelope",
  "manifest/kind",
  "manifest/owned-twice",
  "manifest/schema",
  "manifest/unknown-key",
  "manifest/unknown-tenant",
  "source/encoding",
  "source/link",
  "source/outside",
  "source/submodule",
  "source/too-large",
  "source/too-many",
  "source/unreadable",
  "variables/unknown-form",
  "variables/unset",
  "webhook/duplicate-header",
  "webhook/literal-secret",
  "webhook/rotation",
  "webhook/url",
  "workflow/duplicate-node",
  "workflow/duplicate-transition",
  "workflow/transition-owned-twice",
  "workflow/unknown-node",
  "yaml/alias-bomb",
  "yaml/ambiguous-number",
  "yaml/character",
  "yaml/duplicate-key",
  "yaml/forbidden-key",
  "yaml/key",
  "yaml/merge-key",
  "yaml/number",
  "yaml/recursive-alias",
  "yaml/syntax",
  "yaml/tag",
  "yaml/too-deep",
  "yaml/unknown-alias",
] as const;

export type RuleId = (typeof RULES)[number];

/**
 * Rules whose findings mean that a manifest, a live document or the configuration could not be read as one. Were they lowered, a
 * resource would silently vanish from what git asks for, or be written over what nobody understood.
 */
const FIXED = /^(config|live|manifest|source|variables|yaml)\//;

/** Whether a configuration may set the rule's severity. */
export function isConfigurable(rule: string): boolean {
  return !FIXED.test(rule);
}
