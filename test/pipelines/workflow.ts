/** Workflows and actions as data. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { parseYaml } from "../../src/source/yaml.ts";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const ACTION_FOLDER = join(ROOT, ".github/actions/cxone-gitops");

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const texts = z.record(z.string(), scalar);

const step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.literal("bash").optional(),
  "working-directory": z.string().optional(),
  with: texts.optional(),
  env: texts.optional(),
  "continue-on-error": z.boolean().optional(),
});

const concurrency = z.strictObject({
  group: z.string(),
  "cancel-in-progress": z.boolean(),
  queue: z.literal("max").optional(),
});

/** Steps of its own, or another workflow's jobs. */
const job = z.strictObject({
  name: z.string().optional(),
  needs: z.string().optional(),
  if: z.string().optional(),
  "runs-on": z.string().optional(),
  "timeout-minutes": z.number().optional(),
  permissions: z.record(z.string(), z.enum(["read", "write"])).optional(),
  environment: z.string().optional(),
  concurrency: concurrency.optional(),
  strategy: z
    .strictObject({ "fail-fast": z.literal(false), matrix: z.strictObject({ tenant: z.string() }) })
    .optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  uses: z.string().startsWith("./.github/workflows/").optional(),
  with: texts.optional(),
  secrets: z.literal("inherit").optional(),
  steps: z.array(step).default([]),
});

const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  concurrency: concurrency.optional(),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) }).optional(),
  jobs: z.record(z.string(), job),
});

const action = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(
    z.string(),
    z.strictObject({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({ using: z.literal("composite"), steps: z.array(step) }),
});

export type Step = z.infer<typeof step>;
export type Job = z.infer<typeof job>;
export type Workflow = z.infer<typeof workflow>;
export type Action = z.infer<typeof action>;

export function readWorkflow(text: string): Workflow {
  return workflow.parse(readYaml(text));
}

export function readOwnWorkflow(name: string): Workflow {
  return readWorkflow(readFileSync(join(ROOT, ".github/workflows", name), "utf8"));
}

export function readAction(): Action {
  return action.parse(readYaml(readFileSync(join(ACTION_FOLDER, "action.yml"), "utf8")));
}

/** The only document of a YAML text. */
export function readYaml(text: string): unknown {
  const { documents, problems } = parseYaml(text, { file: "pipeline.yml" });
  if (problems.length > 0 || documents.length !== 1) throw new Error(JSON.stringify(problems));
  return documents[0]?.value;
}
