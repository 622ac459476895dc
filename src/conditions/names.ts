/** Words that other languages have for values; here they would be names that never have one. */
const FOREIGN_VALUES = ["null", "undefined", "NaN", "Infinity", "None", "True", "False"];

/** Words of this language, which jsep takes for names where it has no use for them. */
const OPERATORS = ["and", "or", "not", "in"];

/** jsep takes everything beyond ASCII for a letter, also what nobody can see: a space that was copied from a web page. */
const UNSEEN = /[\p{C}\p{Z}]/u;

/** Why a name cannot be part of a path, as a clause about the condition; undefined when it can. `isFirst`: no dot is before it. */
export function findNameProblem(name: string, isFirst: boolean): string | undefined {
  const unseen = UNSEEN.exec(name)?.[0].codePointAt(0);
  if (unseen !== undefined) {
    const code = unseen.toString(16).toUpperCase().padStart(4, "0");
    return `has the invisible character U+${code} in it; write an ordinary space, or nothing`;
  }
  if (isFirst && OPERATORS.includes(name)) return `has \`${name}\` where a name or a value belongs`;
  if (FOREIGN_VALUES.includes(name)) return `uses ${name}; conditions know text, numbers, true and false`;
  return undefined;
}
