/** Draws what a pull request changes, offline: for changes of people who get no credentials. */
import { spawnSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { isJsonArray, isJsonObject, type Json, objectAt, stringAt, valueAt } from "../../../src/model/json.ts";
import { parseYaml } from "../../../src/source/yaml.ts";
import { fence, type Input, summarize } from "./input.ts";

/** As many as a comment has: each one takes a second. */
const MOST_PICTURES = 10;
const MOST_BYTES = 16 * 1024 * 1024;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const DRAWABLE = ["Flow", "Workflow", "EmailNode"];
const CONFIGURATIONS = ["cxone-gitops.yaml", "cxone-gitops.yml"];

interface Drawable {
  readonly kind: string;
  readonly name: string;
  /** A tenant that it is for; undefined where the configuration names none. */
  readonly tenant: string | undefined;
}

/** The first argument is the revision to compare with. A picture that cannot be made is said, and fails nothing: validate tells why. */
export async function drawPictures(input: Input): Promise<number> {
  const [base] = input.args;
  if (base === undefined) throw new Error("pictures needs the revision to compare with, as its first argument");
  const drawables = changedFiles(base).flatMap(drawablesIn);
  if (drawables.length === 0) return 0;
  summarize(input, "## What this changes\n");
  for (const drawable of drawables.slice(0, MOST_PICTURES)) summarize(input, draw(input, drawable, base));
  const left = drawables.slice(MOST_PICTURES);
  if (left.length > 0) summarize(input, `Not drawn here: ${left.map(({ name }) => `\`${name}\``).join(", ")}.`);
  return 0;
}

function changedFiles(base: string): readonly string[] {
  const words = ["diff", "--name-only", "-z", "--relative", "--diff-filter=d", "--end-of-options", base, "--"];
  const { status, stdout } = spawnSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`git cannot compare with ${base}`);
  return stdout.split("\0").filter((file) => /\.(ya?ml|json)$/.test(file));
}

function drawablesIn(file: string): readonly Drawable[] {
  return documentsOf(file).flatMap((value) => {
    const kind = stringAt(value, "kind") ?? "";
    const metadata = objectAt(value, "metadata");
    const name = stringAt(metadata, "name") ?? "";
    if (stringAt(value, "apiVersion") !== "cxone-gitops/v1" || !DRAWABLE.includes(kind) || !NAME.test(name)) return [];
    const tenants = valueAt(metadata, "tenants");
    const [own] = isJsonArray(tenants) ? tenants : [];
    return [{ kind, name, tenant: typeof own === "string" && NAME.test(own) ? own : firstTenant() }];
  });
}

/** None where the file is a link, or too large, or no YAML. */
function documentsOf(file: string): readonly Json[] {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size > MOST_BYTES) return [];
  return parseYaml(readFileSync(file, "utf8"), { file }).documents.map(({ value }) => value);
}

function firstTenant(): string | undefined {
  const [config] = CONFIGURATIONS.flatMap(documentsOf);
  const tenants = valueAt(config, "tenants");
  return isJsonObject(tenants) ? Object.keys(tenants)[0] : undefined;
}

function draw({ env }: Input, { kind, name, tenant }: Drawable, base: string): string {
  const words = ["graph", name, `--kind=${kind}`, `--against=${base}`];
  const { status, stdout } = spawnSync(
    "cxone-gitops",
    tenant === undefined ? words : [...words, `--tenant=${tenant}`],
    {
      env,
      encoding: "utf8",
      maxBuffer: MOST_BYTES,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return `### ${kind} \`${name}\`\n\n${status === 0 ? fence(stdout, "mermaid") : "It cannot be drawn; the log says why."}`;
}
