/** `.gitlab-ci.yml`, as far as ours goes: which jobs a pipeline has, and what each of them runs. */
import { z } from "zod";
import { readYaml } from "./workflow.ts";

const rule = z.strictObject({ if: z.string(), when: z.literal("manual").optional() });
const parallel = z.strictObject({ matrix: z.tuple([z.strictObject({ TENANT: z.array(z.string()) })]) });
const job = z.strictObject({
  stage: z.string(),
  timeout: z.string(),
  needs: z.array(z.strictObject({ job: z.string(), parallel })).optional(),
  parallel: parallel.optional(),
  variables: z.record(z.string(), z.string()).optional(),
  rules: z.array(rule),
  environment: z.strictObject({ name: z.string(), action: z.literal("prepare").optional() }).optional(),
  resource_group: z.string().optional(),
  script: z.array(z.string()),
  artifacts: z.record(z.string(), z.unknown()).optional(),
});
const common = z.object({
  stages: z.array(z.string()),
  variables: z.record(z.string(), z.string()),
  workflow: z.strictObject({ rules: z.array(rule) }),
  default: z.strictObject({ image: z.string(), before_script: z.array(z.string()) }),
});
const pipeline = common.catchall(z.union([job, z.looseObject({ extends: z.string() })]));

export interface GitlabPipeline extends z.infer<typeof common> {
  readonly jobs: Readonly<Record<string, GitlabJob>>;
}
export type GitlabJob = z.infer<typeof job>;
export type Variables = Readonly<Record<string, string>>;

export function readGitlab(text: string): GitlabPipeline {
  const { stages, variables, workflow, default: usual, ...written } = pipeline.parse(readYaml(text));
  const jobs = Object.entries(written).filter(([name]) => !name.startsWith("."));
  const whole = jobs.map(([name, one]) => [name, job.parse(withBase(one, written))]);
  return { stages, variables, workflow, default: usual, jobs: Object.fromEntries(whole) };
}

function withBase({ extends: base, ...own }: Readonly<Record<string, unknown>>, written: object): object {
  const found = Object.entries(written).find(([name]) => name === base)?.[1];
  return { ...found, ...own };
}

/** The jobs of a pipeline with these variables, by name, in the order of its stages. */
export function jobsFor(
  { stages, workflow, jobs }: GitlabPipeline,
  variables: Variables,
): Readonly<Record<string, GitlabJob>> {
  const holdsOne = (rules: readonly { readonly if: string }[]) => rules.some((one) => holds(one.if, variables));
  if (!holdsOne(workflow.rules)) return {};
  const wanted = Object.entries(jobs).filter(([, { rules }]) => holdsOne(rules));
  const inOrder = wanted.toSorted(([, one], [, other]) => stages.indexOf(one.stage) - stages.indexOf(other.stage));
  return Object.fromEntries(inOrder);
}

/** `$NAME == "text"`, `$NAME == $OTHER` and the same with `!=`, all of which must hold. */
function holds(condition: string, variables: Variables): boolean {
  return condition.split(" && ").every((part) => {
    const [, left = "", operator, text, right = ""] = /^\$(\w+) (==|!=) (?:"([^"]*)"|\$(\w+))$/.exec(part) ?? [];
    if (operator === undefined) throw new Error(`a rule that the tests do not know: ${part}`);
    const isEqual = (variables[left] ?? "") === (text ?? variables[right] ?? "");
    return isEqual === (operator === "==");
  });
}

/** A job's script, as one text: its lines share a shell. */
export function scriptOf({ default: { before_script } }: GitlabPipeline, { script }: GitlabJob): string {
  return [...before_script, ...script].join("\n");
}
