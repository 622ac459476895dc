/**
 * JSON Schemas for editors, from the schemas that the product checks with. Draft 7, which every editor understands. They say no more than
 * an editor can know: what variables are worth, rules about several fields and what lies on the tenant are for `validate` and `plan`.
 */
import { z } from "zod";
import { writtenConfig } from "../../src/config/written.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import { OUR_ANNOTATIONS, OUR_NAMESPACE } from "../../src/model/annotations.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, objectFrom } from "../../src/model/json.ts";
import { isConfigurable, RULES } from "../../src/model/rules.ts";
import { RULE_HELP } from "../../src/render/rule-help.ts";
import { envelopeSchema } from "../../src/validate/envelope.ts";
import { describeFields, type FieldDescription, type FieldDescriptions, plain } from "./field-descriptions.ts";

const DRAFT = "http://json-schema.org/draft-07/schema#";
/** A text with a reference in it may become any other text. */
const REFERENCE = "\\$\\{(?:var|env):";
/** A text that is nothing but a variable takes the variable's type. */
const VARIABLE: JsonObject = { type: "string", pattern: "^\\$\\{var:[A-Za-z_][A-Za-z0-9_.-]*\\}$" };

export function manifestSchema(): JsonObject {
  const envelope = toJsonSchema(envelopeSchema, describeFields("manifests.md", "Envelope"), allowReferences);
  const fields = objectAt(envelope, "properties");
  const kinds = KINDS.map(({ name }) => name);
  const specs = KINDS.map(({ name, schema }): readonly [string, Json] => {
    const spec = toJsonSchema(schema, describeFields("manifests.md", name), allowReferences);
    return [name, { title: name, ...spec }];
  });
  return {
    $schema: DRAFT,
    title: "cxone-gitops manifest",
    description: "How one thing of a CXone tenant should be.",
    ...envelope,
    properties: {
      ...fields,
      metadata: withAnnotations(objectAt(fields, "metadata")),
      apiVersion: { const: "cxone-gitops/v1" },
      kind: { ...objectAt(fields, "kind"), enum: kinds },
      spec: { ...objectAt(fields, "spec"), type: "object" },
    },
    allOf: kinds.map((kind) => specOf(kind)),
    definitions: objectFrom(specs),
  };
}

/** Ours by their names, with the values that they take; nothing else in our namespace, and everything outside it. */
function withAnnotations(metadata: JsonObject): JsonObject {
  const fields = objectAt(metadata, "properties");
  const known = [...OUR_ANNOTATIONS].map(([key, values]): readonly [string, Json] => {
    return [key, allowReferences({ type: "string", ...(values && { enum: [...values] }) })];
  });
  const names = [...OUR_ANNOTATIONS.keys()].map((key) => key.slice(OUR_NAMESPACE.length)).join("|");
  const annotations = {
    ...objectAt(fields, "annotations"),
    properties: objectFrom(known),
    patternProperties: objectFrom([[`^${OUR_NAMESPACE}(?!(?:${names})$)`, false]]),
  };
  return { ...metadata, properties: { ...fields, annotations } };
}

function specOf(kind: string): JsonObject {
  const condition = { properties: { kind: { const: kind } }, required: ["kind"] };
  return objectFrom([
    ["if", condition],
    ["then", { properties: { spec: { $ref: `#/definitions/${kind}` } } }],
  ]);
}

export function configSchema(): JsonObject {
  // Numbers and choices of the configuration cannot be referred to, and its texts are bound to no form.
  const config = toJsonSchema(writtenConfig, describeFields("configuration.md", "Every key"), (schema) => schema);
  const fields = objectAt(config, "properties");
  const rules = objectAt(fields, "rules");
  return {
    $schema: DRAFT,
    title: "cxone-gitops configuration",
    description: "Which tenants there are, and how they are dealt with.",
    ...config,
    properties: { ...fields, rules: { ...rules, ...namedRules(objectAt(rules, "additionalProperties")) } },
  };
}

/** Each rule that can be set by its name, so that editors offer it and say what it is about. */
function namedRules(severity: JsonObject): JsonObject {
  const rules = RULES.filter(isConfigurable).map((rule): readonly [string, Json] => {
    const { labels, wrong, write, severity: own } = RULE_HELP[rule] ?? NO_HELP;
    const said = [`${labels[0]}: ${plain(wrong)}.`, `${labels[1]}: ${plain(write)}.`, `By default: ${own}.`];
    return [rule, { ...severity, description: said.map(capitalized).join(" ") }];
  });
  return { properties: objectFrom(rules), additionalProperties: false };
}

const NO_HELP = { labels: ["", ""], wrong: "", write: "", severity: "error" } as const;

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

type Relax = (leaf: JsonObject) => JsonObject;

function toJsonSchema(schema: z.ZodType, descriptions: FieldDescriptions, relax: Relax): JsonObject {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, {
    target: "draft-07",
    io: "input",
    unrepresentable: "any",
  });
  const read: Json = JSON.parse(JSON.stringify(json));
  return walk(read, "", descriptions, relax);
}

function walk(schema: Json, path: string, descriptions: FieldDescriptions, relax: Relax): JsonObject {
  if (!isJsonObject(schema)) return {};
  const go = (below: Json, at: string) => (isJsonObject(below) ? walk(below, at, descriptions, relax) : below);
  const inner = Object.entries(schema).map(([keyword, value]): readonly [string, Json] => {
    if (keyword === "properties" && isJsonObject(value)) {
      const fields = Object.entries(value).map(([key, field]) => {
        const at = path === "" ? key : `${path}.${key}`;
        return [key, describe(go(field, at), descriptions.get(at))] as const;
      });
      return [keyword, objectFrom(fields)];
    }
    if (keyword === "items") return [keyword, go(value, `${path}[]`)];
    if (keyword === "additionalProperties") return [keyword, go(value, hasFields(value) ? `${path}.NAME` : path)];
    if (keyword === "anyOf" && isJsonArray(value)) return [keyword, value.map((one) => go(one, path))];
    return [keyword, value];
  });
  return relax(objectFrom(inner.filter(([keyword, value]) => keyword !== "propertyNames" || isTelling(value))));
}

function hasFields(value: Json): boolean {
  return isJsonObject(value) && "properties" in value;
}

/** Every key of JSON is a text. */
function isTelling(propertyNames: Json): boolean {
  return isJsonObject(propertyNames) && Object.keys(propertyNames).length > 1;
}

function describe(field: Json, found: FieldDescription | undefined): Json {
  if (found === undefined || !isJsonObject(field)) return field;
  const description = `${found.text} ${"default" in field ? "" : found.byDefault}`.trim();
  return description === "" ? field : { description, ...field };
}

/**
 * References are resolved before a manifest is checked, so where a text, a number or a choice is asked for, a reference may stand as well:
 *
 * | asked for              | allowed as well                                              |
 * |------------------------|--------------------------------------------------------------|
 * | a text of some form    | a text with a reference anywhere in it                       |
 * | one of several texts   | the same                                                     |
 * | a number, true, false  | a text that is one variable; what the environment has is text |
 */
function allowReferences(leaf: JsonObject): JsonObject {
  const { type, pattern, enum: choices, const: only } = leaf;
  if (typeof pattern === "string") return { ...leaf, pattern: `(?:${pattern})|${REFERENCE}` };
  if (type === "string" && (choices !== undefined || only !== undefined)) {
    return { anyOf: [leaf, { type: "string", pattern: REFERENCE }] };
  }
  if (type !== "number" && type !== "integer" && type !== "boolean") return leaf;
  const { default: byDefault, ...asked } = leaf;
  return { ...(byDefault === undefined ? {} : { default: byDefault }), anyOf: [asked, VARIABLE] };
}
