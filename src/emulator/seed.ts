import { load } from "js-yaml";
import * as z from "zod";
import { faultRuleSchema } from "./fault-schema.ts";
import type { FaultRule } from "./faults.ts";
import type { JsonObject } from "./json.ts";
import { type SettingsInput, settingsSchema } from "./settings.ts";
import type { SeededClient } from "./tokens.ts";
import { webhookSchema } from "./webhooks.ts";

const clientSchema = z.strictObject({
  id: z.string().min(1),
  secret: z.string().min(1),
  scopes: z.array(z.string().min(1)).optional(),
});

const templateSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().default("Template"),
  status: z.string().default("active"),
  /** Why it does not compile; a workflow that refers to it is refused with these words. */
  broken: z.string().min(1).optional(),
});

const attachmentSchema = z.strictObject({
  fileId: z.string().min(1),
  fileName: z.string().min(1),
  /** Bytes. */
  size: z.int().min(0),
});

/** The API's rules are not applied: a tenant may hold documents from before them. */
const documentSchema = z.record(z.string(), z.json()).superRefine((document, context) => {
  const reject = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
  if (typeof document.id !== "string" || document.id === "") reject("id", "must be a non-empty string");
  if (document.version !== undefined && !Number.isInteger(document.version))
    reject("version", "must be a whole number");
  if (!Array.isArray(document.nodes)) reject("nodes", "must be a list");
});

export type Template = Readonly<z.infer<typeof templateSchema>>;
export type Attachment = Readonly<z.infer<typeof attachmentSchema>>;

const seedSchema = z.strictObject({
  clients: z.array(clientSchema).default([]),
  flows: uniqueList(documentSchema, "id"),
  workflows: uniqueList(documentSchema, "id"),
  templates: uniqueList(templateSchema, "id"),
  attachments: uniqueList(attachmentSchema, "fileId"),
  webhooks: z.array(webhookSchema.extend({ id: z.string().min(1).optional() }).strict()).default([]),
  options: settingsSchema.default({}),
  faults: z.array(faultRuleSchema).default([]),
});

/** What the emulated tenant holds at the start. */
export interface Seed {
  /** Empty: any client id and secret get a token. */
  readonly clients: readonly SeededClient[];
  readonly flows: readonly JsonObject[];
  readonly workflows: readonly JsonObject[];
  readonly templates: readonly Template[];
  readonly attachments: readonly Attachment[];
  readonly webhooks: readonly Readonly<z.infer<typeof webhookSchema> & { id?: string | undefined }>[];
  readonly options: SettingsInput;
  readonly faults: readonly FaultRule[];
}

/** A seed file that cannot be used. The message names the file and everything that is wrong with it. */
export class SeedError extends Error {
  readonly file: string;
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[], cause?: unknown) {
    super(`${file}: ${problems.join("; ")}`, cause === undefined ? undefined : { cause });
    this.name = "SeedError";
    this.file = file;
    this.problems = problems;
  }
}

/**
 * Reads the text of a seed file: JSON where `file` ends so, which is quick with thousands of documents, else YAML. What the file does not list is not there: nothing of
 * the default seed is added. Throws `SeedError`.
 */
export function loadSeed(text: string, file: string): Seed {
  const parsed = seedSchema.safeParse(parseText(text, file));
  if (parsed.success) return parsed.data;
  throw new SeedError(
    file,
    parsed.error.issues.map((issue) => {
      const place = issue.path.join(".");
      return place === "" ? issue.message : `${place}: ${issue.message}`;
    }),
  );
}

function parseText(text: string, file: string): unknown {
  try {
    const value = file.endsWith(".json") ? JSON.parse(text) : load(text);
    // Aliases may tie a loop, which no JSON has; stringifying finds it before the schema would run in circles.
    JSON.stringify(value);
    return value;
  } catch (thrown) {
    const said = thrown instanceof Error ? (thrown.message.split("\n", 1)[0] ?? "") : String(thrown);
    throw new SeedError(file, [said], thrown);
  }
}

function uniqueList<Item extends z.ZodType<Readonly<Record<string, unknown>>>>(item: Item, key: string) {
  return z
    .array(item)
    .superRefine((items, context) => {
      const seen = new Set<unknown>();
      const index = items.findIndex((entry) => seen.size === seen.add(entry[key]).size);
      if (index < 0) return;
      context.addIssue({
        code: "custom",
        path: [index, key],
        message: `${String(items[index]?.[key])} is there twice`,
      });
    })
    .default([]);
}
