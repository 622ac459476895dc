/** `.gitlab-ci.yml`, as far as ours goes: which jobs a pipeline has, and what each of them runs. */
import { z } from "zod";
import { readYaml } from "./workflow.ts";

const rule = z.strictObject({ if: z.string(), when: z.literal("manual").optional() });
const job = z.strictObject({
  stage: z.string(),
  timeout: z.string(),
  needs: z.array(z.string()).optional(),
  parallel: z.strictObject({ matrix: z.tuple([z.strictObject({ TENANT: z.array(z.string()) })]) }).optional(),
  rules: z.array(rule),
  environment: z.strictObject({ name: z.string(), action: z.literal("prepare").optional() }).optional(),
  resource_group: z.string().optional(),
  script: z.array(z.string()),
  artifacts: z.record(z.string(), z.unknown()).optional(),
});
const pipeline = z
  .object({
    stages: z.array(z.string()),
    variables: z.record(z.string(), z.string()),
    workflow: z.strictObject({ rules: z.array(rule) }),
    default: z.strictObject({ image: z.string(), before_script: z.array(z.string()) }),
  })
  .catchall(job);

export type GitlabPipeline = z.infer<typeof pipeline>;
export type GitlabJob = z.infer<typeof job>;
export type Variables = Readonly<Record<string, string>>;

export function readGitlab(text: string): GitlabPipeline {
  return pipeline.parse(readYaml(text));
}

/** The jobs of a pipeline with these variables, by name, in the order of its stages. */
export function jobsFor(
  { stages, variables: _own, workflow, default: _common, ...jobs }: GitlabPipeline,
  variables: Variables,
) {
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
