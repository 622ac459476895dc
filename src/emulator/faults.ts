import type { DocumentEdit } from "./edit.ts";
import type { Json } from "./json.ts";

/**
 * A rule that makes some requests go wrong. All faults are ours (assumption), modelled on what the seeds' clients have to live with:
 * 401, 409, 429 and 5xx answers, lost answers and timeouts.
 */
export interface FaultRule {
  /** Which requests: everything that is not said matches. */
  readonly match?: FaultMatch | undefined;
  /** How many of the matching requests; default 1. */
  readonly times?: number | "always" | undefined;
  /** How many matching requests pass before the first fault; default 0. */
  readonly after?: number | undefined;
  /** Of the matching requests after these only each so manieth, the first one first; default 1: all of them. */
  readonly every?: number | undefined;
  readonly fault: Fault;
}

export interface FaultMatch {
  /** In capitals. */
  readonly method?: string | undefined;
  /** The path without its query. `*` stands for anything within a segment, `**` for anything at all. */
  readonly path?: string | undefined;
}

export type Fault =
  /** Answered so, without being carried out. `retryAfter` is sent as it is written; `{ httpDateIn: seconds }` as an HTTP date. */
  | {
      readonly type: "status";
      readonly status: number;
      readonly retryAfter?: number | { readonly httpDateIn: number } | undefined;
      readonly body?: Json | undefined;
    }
  /** Carried out, then the connection breaks before the answer. */
  | { readonly type: "lost-answer" }
  /** The connection breaks before anything is carried out. */
  | { readonly type: "reset" }
  /** Carried out at once, answered so many milliseconds later. */
  | { readonly type: "slow"; readonly milliseconds: number }
  /** 409 without being carried out. */
  | { readonly type: "conflict" }
  /** Just before the request is carried out somebody else edits the document that its path names. */
  | { readonly type: "concurrent-edit"; readonly edit: DocumentEdit }
  /** Every token of the request's family is forgotten, so this request and later ones get 401. */
  | { readonly type: "expired-token" }
  /** A list page lacks its last item; `total` still counts it. */
  | { readonly type: "short-page" }
  /**
   * Only on GET, and no other request counts as matched: a document or list as it was before the last change to it, whoever made that;
   * 404 for what was just created. What was never changed is shown as it is.
   */
  | { readonly type: "lag" }
  /** 200 with an HTML page, as from a proxy or a sign-in page. */
  | { readonly type: "html" }
  /** 405, as on a tenant without the endpoint. */
  | { readonly type: "no-list" };

interface ActiveRule {
  readonly rule: FaultRule;
  readonly path: RegExp | undefined;
  matched: number;
  fired: number;
}

/** A rule and what it has done so far. */
export interface FaultReport {
  readonly rule: FaultRule;
  readonly matched: number;
  readonly fired: number;
}

/** The rules, in order. The first that is due has the request; rules behind it still count it as matched. */
export class FaultList {
  #active: ActiveRule[] = [];

  constructor(rules: readonly FaultRule[] = []) {
    for (const rule of rules) this.add(rule);
  }

  add(rule: FaultRule): void {
    const pattern = rule.match?.path;
    const path = pattern === undefined ? undefined : patternToRegExp(pattern);
    this.#active.push({ rule, path, matched: 0, fired: 0 });
  }

  clear(): void {
    this.#active = [];
  }

  /** The fault for a request, if one is due. Counts the request. */
  take(method: string, path: string): Fault | undefined {
    let due: Fault | undefined;
    for (const active of this.#active) {
      if (!isMatch(active, method, path)) continue;
      active.matched += 1;
      if (due !== undefined || !isDue(active)) continue;
      active.fired += 1;
      due = active.rule.fault;
    }
    return due;
  }

  report(): readonly FaultReport[] {
    return this.#active.map(({ rule, matched, fired }) => ({ rule, matched, fired }));
  }
}

function isMatch({ rule, path: pattern }: ActiveRule, method: string, path: string): boolean {
  const wantedMethod = rule.match?.method;
  if (wantedMethod !== undefined && wantedMethod !== method) return false;
  if (rule.fault.type === "lag" && method !== "GET") return false;
  return pattern === undefined || pattern.test(path);
}

function isDue({ rule, matched, fired }: ActiveRule): boolean {
  const { times = 1, after = 0, every = 1 } = rule;
  if (matched <= after || (matched - after - 1) % every !== 0) return false;
  return times === "always" || fired < times;
}

function patternToRegExp(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${source.join("")}$`);
}
