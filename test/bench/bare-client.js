// What a cold plan is measured against beside the floor: the same documents, read by node:http one login before, and nothing else.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

const [, , url = "", concurrency = "1", file = ""] = process.argv;
const ids = JSON.parse(readFileSync(file, "utf8"));
const agent = new Agent({ keepAlive: true });

/** The answer's text. */
function send(method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString());
        else reject(new Error(`${method} ${path}: ${response.statusCode}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const form = new URLSearchParams({
  grant_type: "client_credentials",
  client_id: "bare",
  client_secret: "bare",
  scope: "flows:read",
});
const login = await send(
  "POST",
  "/oauth/token",
  { "content-type": "application/x-www-form-urlencoded" },
  form.toString(),
);
const headers = { authorization: `Bearer ${JSON.parse(login).access_token}` };
const waiting = [...ids];
const read = async () => {
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    JSON.parse(await send("GET", `/api/v2/flows/${id}`, headers));
  }
};
await Promise.all(Array.from({ length: Number(concurrency) }, read));
agent.destroy();
