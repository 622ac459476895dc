/** A message as Slack's incoming webhooks take it, and those who are compatible with them. */
import type { Notification, NotificationData, NotifiedResource } from "../model/notification.ts";
import { shortRevision } from "../model/revision.ts";
import { describeConsequences, describeEditor, listFields } from "../render/drift-words.ts";

export interface SlackMessage {
  /** What notifications on a screen show. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

type Mrkdwn = { readonly type: "mrkdwn"; readonly text: string };
type SlackBlock =
  | { readonly type: "section"; readonly text: Mrkdwn }
  | { readonly type: "context"; readonly elements: readonly Mrkdwn[] };

/** Slack refuses a section above 3,000 characters; escaping may lengthen a text fivefold, so what is cut is the escaped one. */
const LONGEST_SECTION = 2_900;
const LONGEST_HEAD = 400;
const MOST_LINES = 12;

/** `mask` hides the secrets in a text; what comes from outside is escaped after it, so that no channel is called by a name in it. */
export function toSlack({ type, data }: Notification, mask: (text: string) => string): SlackMessage {
  const clean = (text: string) => escapeText(mask(text).replace(/\s+/g, " "));
  const head = cut(clean(headline(type, data)), LONGEST_HEAD);
  const lines = linesOf(type, data).map((line) => `• ${cut(clean(line), LONGEST_HEAD)}`);
  const more = lines.length > MOST_LINES ? [`• and ${lines.length - MOST_LINES} more`] : [];
  const text = cut([`*${head}*`, ...lines.slice(0, MOST_LINES), ...more].join("\n"), LONGEST_SECTION);
  const origin = originOf(type, data).map(clean).join(" · ");
  return {
    text: head,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text } },
      { type: "context", elements: [{ type: "mrkdwn", text: cut(origin, LONGEST_HEAD) }] },
    ],
  };
}

const DONE: Readonly<Record<string, string>> = { create: "created", update: "updated", delete: "deleted" };

function headline(type: Notification["type"], data: NotificationData): string {
  const { tenant, command, resources, result } = data;
  // A run that failed early may not know its tenant.
  const at = tenant === "" ? "" : `${tenant}: `;
  const [lead, ...others] = resources;
  if (type === "drift.found") {
    const count = resources.length === 1 ? "one resource was" : `${resources.length} resources were`;
    return `${at}${count} edited live`;
  }
  if (type === "run.failed" || lead === undefined) return `${at}${command} ${FAILED[result ?? ""] ?? "failed"}`;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const impact = data.impact === null ? "" : `, ${data.impact}`;
  return `${at}${DONE[lead.action] ?? lead.action} ${nameOf(lead)}${more}${impact}`;
}

const FAILED: Readonly<Record<string, string>> = {
  error: "failed",
  refused: "was refused, and nothing was written",
  partial: "was carried out in part",
};

function linesOf(type: Notification["type"], { effects, resources, error }: NotificationData): readonly string[] {
  if (type === "run.failed") {
    const why = error === null ? [] : [`${error.message} (${error.code})`];
    return [...why, ...resources.map((one) => `${nameOf(one)}: ${one.error?.message ?? "not written"}`)];
  }
  if (type === "drift.found") return resources.flatMap((one) => [describeEdit(one), ...describeConsequences(one)]);
  return effects;
}

/** "Flow main-menu: edited live by ann at 2026-11-21 14:05 UTC: /name". */
function describeEdit(resource: NotifiedResource): string {
  const { action, editedBy, editedAt, editedFields } = resource;
  const what = action === "create" ? "deleted" : "edited";
  const fields = editedFields.every((field) => field === "") ? "" : `: ${listFields(editedFields)}`;
  return `${nameOf(resource)}: ${what} live${describeEditor({ by: editedBy, at: editedAt })}${fields}`;
}

function nameOf({ kind, name, id }: NotifiedResource): string {
  return name === id ? `${kind} ${name}` : `${kind} ${name} (${id})`;
}

/** Who ran the check that found an edit is not who made it, nor is the commit that it was compared with what is live. */
function originOf(
  type: Notification["type"],
  { run, commit, pullRequest, actor, version }: NotificationData,
): readonly string[] {
  const isFound = type === "drift.found";
  return [
    ...(run === null ? [] : [`run ${run}`]),
    ...(version === null ? [] : [`version ${version}`]),
    ...(commit === null ? [] : [`${isFound ? "compared with commit" : "commit"} ${shortRevision(commit)}`]),
    ...(pullRequest === null ? [] : [`pull request ${pullRequest}`]),
    ...(actor === null ? [] : [`${isFound ? "found by" : "by"} ${actor}`]),
    "cxone-gitops",
  ];
}

/** The three characters that Slack gives a meaning to. */
function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Never through an escape, nor through a character of two halves. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/&[a-z]{0,3}$|[\ud800-\udbff]$/, "")}…`;
}
