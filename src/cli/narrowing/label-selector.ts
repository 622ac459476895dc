/**
 * Label selectors as Kubernetes has them. Requirements are separated by commas, and all of them must hold:
 *
 *   team=billing, team==billing     the label is there, and is that
 *   team!=billing                   it is not there, or is something else
 *   team in (billing, sales)        it is there, and is one of these
 *   team notin (billing, sales)     it is not there, or is none of these
 *   team                            it is there
 *   !team                           it is not there
 */
import { GitopsError } from "../../errors.ts";

export type Labels = Readonly<Record<string, string>>;

/** `values` is empty for `exists` and `absent`. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "absent";
  readonly values: readonly string[];
}

interface Token {
  readonly type: "word" | "sign" | "end";
  readonly text: string;
  /** Of its first character, from 0. */
  readonly at: number;
}

const HINT = 'Write it as kubectl takes it: "team=billing,stage!=test", "team in (billing, sales)", "team" or "!team".';

/** The requirements of a selector. Throws `usage`, with the character at which it stops making sense. */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  return new SelectorReader(text).read();
}

/** Whether labels meet every requirement. */
export function meetsSelector(labels: Labels, requirements: readonly LabelRequirement[]): boolean {
  return requirements.every((requirement) => meets(labels, requirement));
}

function meets(labels: Labels, { key, operator, values }: LabelRequirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === "absent") return value === undefined;
  if (operator === "exists") return value !== undefined;
  return (value !== undefined && values.includes(value)) === (operator === "in");
}

class SelectorReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = [...text.matchAll(/[(),]|!=|==?|!|[^\s(),!=]+/g)].map((match): Token => {
      const [word] = match;
      return { type: /^[(),!=]/.test(word) ? "sign" : "word", text: word, at: match.index };
    });
  }

  read(): readonly LabelRequirement[] {
    const requirements = [this.#requirement()];
    while (this.#takes(",")) requirements.push(this.#requirement());
    if (this.#peek().type !== "end") throw this.#problem("a comma");
    return requirements;
  }

  #requirement(): LabelRequirement {
    if (this.#takes("!")) return { key: this.#word("the name of a label"), operator: "absent", values: [] };
    const key = this.#word("the name of a label");
    if (this.#takes("=") || this.#takes("==")) return { key, operator: "in", values: [this.#value()] };
    if (this.#takes("!=")) return { key, operator: "notin", values: [this.#value()] };
    if (this.#takes("in")) return { key, operator: "in", values: this.#values() };
    if (this.#takes("notin")) return { key, operator: "notin", values: this.#values() };
    if (this.#isAtEnd()) return { key, operator: "exists", values: [] };
    throw this.#problem("=, !=, in, notin or a comma");
  }

  /** What follows `=` may be nothing: a label may be empty. */
  #value(): string {
    return this.#isAtEnd() ? "" : this.#word("a value");
  }

  #values(): readonly string[] {
    if (!this.#takes("(")) throw this.#problem("a list such as (a, b)");
    const values = [this.#word("a value")];
    while (this.#takes(",")) values.push(this.#word("a value"));
    if (!this.#takes(")")) throw this.#problem('a comma or ")"');
    return values;
  }

  #isAtEnd(): boolean {
    const { type, text } = this.#peek();
    return type === "end" || text === ",";
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { type: "end", text: "", at: this.#text.length };
  }

  #takes(text: string): boolean {
    if (this.#peek().text !== text || this.#peek().type === "end") return false;
    this.#next += 1;
    return true;
  }

  #word(what: string): string {
    const token = this.#peek();
    if (token.type !== "word") throw this.#problem(what);
    this.#next += 1;
    return token.text;
  }

  #problem(expected: string): GitopsError {
    const { text, at } = this.#peek();
    const found = text === "" ? "it ends" : `there is "${text}"`;
    const message = `--selector "${this.#text}": ${expected} is missing at character ${at + 1}, where ${found}`;
    return new GitopsError("usage", message, { hint: HINT });
  }
}
