/** Whether a text was drawn by a machine, or written by a person. */

const SHORTEST = 20;
const LONGEST = 4_096;
const GUID = /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;
const FILE = /\.(?:wav|mp3|ogg|html?|xml|json|ya?ml|txt|csv|pdf|png|jpe?g|gif|svg|css|js)$/i;
/** What tenants and this program call things. */
const OUR_IDS = /^(?:node|conn|tr|tmpl|att|wf|wh|ivr|flow|email|skill|queue|prompt|script|campaign)_/;

/**
 * True for a run of letters and digits in which one turns into the other, or small into capital, more often than words and numbers do.
 * A GUID is none: it is an id.
 */
export function isRandom(text: string, shortest: number = SHORTEST): boolean {
  if (text.length < shortest || text.length > LONGEST || !/^[\w+/=~.-]+$/.test(text)) return false;
  if (GUID.test(text) || FILE.test(text) || OUR_IDS.test(text)) return false;
  const turns = countTurns(text);
  return turns.digits >= 2 && turns.all >= (text.length - 1) / 4;
}

export function isGuid(text: string): boolean {
  return GUID.test(text);
}

function countTurns(text: string): { readonly digits: number; readonly all: number } {
  let [digits, all] = [0, 0];
  let last = "";
  for (const character of text) {
    const now = classOf(character);
    if (now !== "" && last !== "" && now !== last) {
      all += 1;
      if (now === "digit" || last === "digit") digits += 1;
    }
    last = now;
  }
  return { digits, all };
}

function classOf(character: string): "digit" | "small" | "capital" | "" {
  if (/\d/.test(character)) return "digit";
  if (/[a-z]/.test(character)) return "small";
  return /[A-Z]/.test(character) ? "capital" : "";
}
