const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

/**
 * What is malformed about a condition, or undefined. Seed SF answers 422 for a "malformed condition directive" and shows `true` and
 * `dtmf == '1'`; the expression language itself is not public, so only what is wrong in any language counts (assumption):
 * empty text, a quote that does not end, parentheses and brackets that do not pair.
 */
export function findConditionFault(condition: string): string | undefined {
  if (condition.trim() === "") return "is empty";
  const awaited: string[] = [];
  let quote: string | undefined;
  let isEscaped = false;
  for (const character of condition) {
    if (quote !== undefined) {
      if (isEscaped) isEscaped = false;
      else if (character === "\\") isEscaped = true;
      else if (character === quote) quote = undefined;
      continue;
    }
    if (character === "'" || character === '"') quote = character;
    else if (character === "(" || character === "[") awaited.push(CLOSING[character] ?? "");
    else if ((character === ")" || character === "]") && awaited.pop() !== character) {
      return `has a ${character} without its opening partner`;
    }
  }
  if (quote !== undefined) return `has a ${quote} that is never closed`;
  const missing = awaited.pop();
  return missing === undefined ? undefined : `lacks a ${missing}`;
}
