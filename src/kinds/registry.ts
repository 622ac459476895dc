import { emailNode } from "./email-node/index.ts";
import { flow } from "./flow/index.ts";
import { flowTest } from "./flow-test/index.ts";
import type { RegisteredKind } from "./kind.ts";
import { webhook } from "./webhook/index.ts";
import { workflow } from "./workflow/index.ts";

/**
 * Every kind that a manifest may have, in the order in which they are applied; tests, which never are, last. Adding one is a folder and
 * a line here.
 */
export const KINDS: readonly RegisteredKind[] = [workflow, emailNode, flow, webhook, flowTest];

/** Their names, in the same order. */
export const KIND_ORDER: readonly string[] = KINDS.map((kind) => kind.name);
