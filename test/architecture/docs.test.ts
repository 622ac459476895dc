/** The reference pages name everything that the code has, and nothing that it has not. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { z } from "zod";
import { writtenConfig } from "../../src/config/written.ts";
import { ERROR_CODES } from "../../src/errors.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import { RULES } from "../../src/model/rules.ts";
import { envelopeSchema } from "../../src/validate/envelope.ts";
import { readProgram } from "../helpers/silent-program.ts";
import { codeIn, linksOf, readPage, rowsOf, sectionOf, sectionsOf, slugOf } from "./pages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** All of src but the catalogue, as one text. */
const SOURCE = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && name !== "errors.ts" && name !== "model/rules.ts")
  .map((name) => readFileSync(join(ROOT, "src", name), "utf8"))
  .join("\n");

function sorted(names: Iterable<string>): readonly string[] {
  return [...names].toSorted();
}

describe("docs/errors.md", () => {
  const codes = Object.entries(ERROR_CODES);
  const isUsed = (code: string) => SOURCE.includes(`"${code}"`);
  const sections = sectionsOf(readPage("errors.md"));

  it("every code of the catalogue is used somewhere", () => {
    assert.deepEqual(
      codes.map(([code]) => code).filter((code) => !isUsed(code)),
      [],
    );
  });

  it("each code that is used has a section, and each section a code", () => {
    assert.deepEqual(
      sorted(sections.map(({ title }) => title)),
      sorted(codes.map(([code]) => code).filter((code) => isUsed(code))),
    );
  });

  for (const [code, sentence] of codes.filter(([used]) => isUsed(used))) {
    it(`${code} opens with the catalogue's sentence and says more`, () => {
      const [opening, ...more] = sectionOf(readPage("errors.md"), code).text.trim().split("\n\n");
      assert.equal(opening, sentence);
      assert.ok(more.join("").length > 60);
    });
  }
});

describe("docs/rules.md", () => {
  const documented = rowsOf(readPage("rules.md")).flatMap(([name]) => (/^[a-z]+\/[a-z-]+$/.test(name) ? [name] : []));

  it("each rule of the catalogue is used somewhere", () => {
    assert.deepEqual(
      RULES.filter((rule) => !SOURCE.includes(`"${rule}"`)),
      [],
    );
  });

  it("each rule of the catalogue has a row, and each row a rule", () => {
    assert.deepEqual(sorted(documented), sorted(RULES));
  });
});

/** The fields of a schema by their path; of lists' items as `list[].field`. */
function fieldsOf(schema: unknown, path = ""): readonly (readonly [path: string, schema: unknown])[] {
  const inner = unwrap(schema);
  const own: readonly (readonly [string, unknown])[] = path === "" ? [] : [[path, schema]];
  if (inner instanceof z.ZodArray) return [...own, ...fieldsOf(inner.element, `${path}[]`).slice(1)];
  if (inner instanceof z.ZodRecord && unwrap(inner.valueType) instanceof z.ZodObject)
    return [...own, ...fieldsOf(inner.valueType, `${path}.NAME`).slice(1)];
  if (inner instanceof z.ZodUnion)
    return [...own, ...inner.options.flatMap((option) => fieldsOf(option, path).slice(1))];
  if (!(inner instanceof z.ZodObject)) return own;
  const below = Object.entries(inner.shape).flatMap(([key, field]) =>
    fieldsOf(field, path === "" ? key : `${path}.${key}`),
  );
  return [...own, ...below];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrap(schema.unwrap()) : schema;
}

function isRequired(schema: unknown): boolean {
  return !(schema instanceof z.ZodOptional || schema instanceof z.ZodDefault);
}

function leavesOf(fields: ReturnType<typeof fieldsOf>): ReturnType<typeof fieldsOf> {
  return fields.filter(([path]) => !fields.some(([other]) => other.startsWith(`${path}.`)));
}

describe("docs/manifests.md", () => {
  const page = readPage("manifests.md");
  const envelope = leavesOf(fieldsOf(envelopeSchema));
  const tables: readonly (readonly [title: string, fields: ReturnType<typeof fieldsOf>])[] = [
    ["Envelope", envelope],
    ...KINDS.map((kind) => [kind.name, fieldsOf(kind.schema)] as const),
  ];
  for (const [title, fields] of tables) {
    const rows = rowsOf(sectionOf(page, title).text).filter(([name]) => !name.startsWith("{"));

    it(`${title}: each field has a row, and each row a field`, () => {
      assert.deepEqual(sorted(rows.map(([name]) => name)), sorted(fields.map(([path]) => path)));
    });

    it(`${title}: each row says whether the field is required, or its default`, () => {
      for (const [path, schema] of fields) {
        const cell = rows.find(([name]) => name === path)?.[2];
        assert.equal(cell === "required", isRequired(schema), path);
        if (!(schema instanceof z.ZodDefault)) continue;
        const byDefault: unknown = schema.parse(undefined);
        assert.equal(codeIn(cell), typeof byDefault === "string" ? byDefault : JSON.stringify(byDefault), path);
      }
    });
  }
});

describe("docs/configuration.md", () => {
  const rows = rowsOf(sectionOf(readPage("configuration.md"), "Every key").text);
  const fields = fieldsOf(writtenConfig).filter(([path]) => !/^(audit|plans|source|tenants|reconcile)$/.test(path));
  const groups = /\.(credentials|flows|workflows|limits|retry|guard|reconcile|flipFlop)$/;
  const keys = fields.map(([path]) => path).filter((path) => !groups.test(path));

  it("each key has a row, and each row a key", () => {
    assert.deepEqual(sorted(rows.map(([name]) => name)), sorted(keys));
  });
});

describe("docs/commands.md", () => {
  const page = readPage("commands.md");
  const program = readProgram();
  const commands = program.commands.flatMap((command) => walk(command, command.name()));

  function walk(command: Command, path: string): readonly (readonly [path: string, command: Command])[] {
    return [[path, command], ...command.commands.flatMap((below) => walk(below, `${path} ${below.name()}`))];
  }

  /** The flags of a section: its own table's, and those of the sections that it links to. */
  function flagRows(title: string): ReturnType<typeof rowsOf> {
    const { text } = sectionOf(page, title);
    const shared = sectionsOf(page).filter((section) => text.includes(`(#${slugOf(section.title)})`));
    return [text, ...shared.map((section) => section.text)].flatMap(rowsOf).filter(([name]) => name.startsWith("-"));
  }

  it("each command has a section, and each section a command", () => {
    const titles = sectionsOf(page).flatMap(({ title }) => /^`cxone-gitops ([^`]+)`$/.exec(title)?.[1] ?? []);
    assert.deepEqual(sorted(titles), sorted(commands.map(([path]) => path)));
  });

  it("the flags of every command are there", () => {
    const flags = [...program.options.map((option) => option.flags), "-h, --help"];
    assert.deepEqual(
      flagRows("Flags of every command").map(([name]) => name),
      flags,
    );
  });

  for (const [path, command] of commands) {
    it(`${path}: each flag stands on the page with its default and choices, and the other way round`, () => {
      const title = `\`cxone-gitops ${path}\``;
      const rows = flagRows(title);
      assert.deepEqual(sorted(rows.map(([name]) => name)), sorted(command.options.map((option) => option.flags)));
      for (const { flags, defaultValue, argChoices } of command.options) {
        const row = rows.find(([name]) => name === flags) ?? [""];
        if (typeof defaultValue === "string" || typeof defaultValue === "number")
          assert.equal(codeIn(row[1]), String(defaultValue));
        for (const choice of argChoices ?? []) assert.ok(row[2]?.includes(`\`${choice}\``), `${flags} ${choice}`);
      }
      for (const argument of command.registeredArguments) {
        const [open, close] = argument.required ? "<>" : "[]";
        assert.ok(sectionOf(page, title).text.includes(`cxone-gitops ${path} ${open}${argument.name()}${close}`));
      }
    });
  }
});

describe("links", () => {
  const pages = [
    "errors",
    "rules",
    "manifests",
    "configuration",
    "commands",
    "life-of-a-manifest",
    "adding-a-kind",
    "flow-tests",
    "reports",
    "notifications",
    "metrics",
    "recover",
    "follow-a-repository",
    "command-reference",
    "promote",
    "pipelines",
    "drift",
    "narrow-runs",
    "adopt-a-tenant",
  ];
  for (const name of pages.map((page) => `${page}.md`)) {
    it(`${name}: every link leads to a file and a heading that are there`, () => {
      const links = linksOf(readPage(name)).filter((link) => !link.startsWith("http"));
      assert.ok(links.length > 0);
      for (const link of links) {
        const [file = "", anchor] = link.split("#");
        assert.ok(existsSync(join(ROOT, "docs", file)), link);
        if (anchor === undefined) continue;
        const slugs = sectionsOf(readPage(file === "" ? name : file)).map(({ title }) => slugOf(title));
        assert.ok(slugs.includes(anchor), link);
      }
    });
  }
});
