#!/usr/bin/env bash
# A new user's hour: from an empty folder and a tenant that people edit by hand, to merging is deploying. Everything happens in a
# temporary folder, against the emulator; no account and no network are needed. docs/quick-start.md tells the same with words.
#
# Needs bash, git and `cxone-gitops` on the PATH (in a checkout of it: PATH="$PWD/node_modules/.bin:$PATH" after `npm ci && npm link`).
set -euo pipefail

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ cxone-gitops %s\n' "$*"; cxone-gitops "$@"; }
# Runs a command that must end with that exit code.
expect() { local wanted=$1 code=0; shift; run "$@" || code=$?; [ "$code" = "$wanted" ] || { echo "exit code $code instead of $wanted" >&2; exit 1; }; }

folder=$(mktemp -d)
emulator=
tidy() { [ -z "$emulator" ] || kill "$emulator" 2>/dev/null || true; rm -rf "$folder"; }
trap tidy EXIT
mkdir "$folder/home" "$folder/acme"
export HOME="$folder/home" GIT_CONFIG_NOSYSTEM=1
git config --global user.name "Ann Example"
git config --global user.email ann@example.test
git config --global init.defaultBranch main
cd "$folder/acme"

step "0. A tenant: the emulator, with what somebody has built in it by hand. It gives any client a token."
cxone-gitops emulator --port 0 >"$folder/emulator.log" 2>&1 &
emulator=$!
until url=$(grep -om1 'http://127.0.0.1:[0-9]*' "$folder/emulator.log"); do kill -0 "$emulator"; done
echo "it listens at $url"
export CXONE_CLIENT_ID=first-hour CXONE_CLIENT_SECRET="secret-of-$RANDOM$RANDOM$RANDOM"

step "1. A repository, with the remote that the team shares."
git init --quiet --bare "$folder/remote.git"
git init --quiet
git remote add origin "$folder/remote.git"
run init --org acme-dev
# The only line that a real tenant would not need: where the emulator is.
sed -i "s#^    org: acme-dev#&\n    flows: { baseUrl: \"$url\" }\n    workflows: { baseUrl: \"$url\" }#" cxone-gitops.yaml
run validate
run test

step "2. What is live comes into git; the plan right after knows of no difference in it."
run import
run import
expect 2 plan --detailed-exitcode
git add --all && git commit --quiet --message "Take over the tenant as it is" && git push --quiet origin main

step "3. The first deploy: what is new is created, what was imported becomes managed."
run apply --auto-approve --adopt
expect 0 plan --detailed-exitcode

step "4. A change, as a pull request would show it: what callers will notice."
git switch --quiet --create more-choice
sed -i "s/Billing/Retention/" cxone-gitops.yaml
run test
run plan --output markdown
git commit --quiet --all --message "Send billing calls to the retention desk"

step "5. Merged; the plan of the merged commit is saved, and exactly it is applied."
git switch --quiet main && git merge --quiet more-choice && git push --quiet origin main
run plan --out plan.json
run apply plan.json

step "6. Somebody opens the editor and sends billing calls to another team."
node --input-type=module - "$url" <<'EDIT'
const edit = { nodes: [{ id: "node_billing", properties: { skill: "Complaints" } }] };
const body = JSON.stringify({ type: "flow", id: "ivr_main_menu", edit });
const answer = await fetch(`${process.argv[2]}/__emulator/edit`, { method: "POST", headers: { "content-type": "application/json" }, body });
if (!answer.ok) throw new Error(`the edit was refused: ${answer.status}`);
EDIT

step "7. The schedule notices, tells an edit from a commit that is not deployed, and repairs it."
expect 2 drift
# If the edit is to stay, `import --drift --branch keep-it` makes a commit of it. Here git wins.
expect 2 import --drift --check
run reconcile
expect 0 drift

step "8. The retention desk was a mistake: what that deploy replaced is put back, and git is told as well."
deploy=$(cxone-gitops audit log --runs --output json | node -pe 'JSON.parse(fs.readFileSync(0)).runs.at(-2).run')
run restore "$deploy" --auto-approve
git revert --no-edit HEAD >/dev/null && git push --quiet origin main
expect 0 plan --detailed-exitcode

step "9. The trail stands on a branch of the remote: any clone can show and verify it."
git clone --quiet "$folder/remote.git" "$folder/elsewhere"
cd "$folder/elsewhere"
run audit log --runs
run audit verify
