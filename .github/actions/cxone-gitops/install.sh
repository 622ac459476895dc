#!/usr/bin/env bash
# Installs what the command needs to run, without any package's install script, and puts `cxone-gitops` on the PATH of this and later steps.
set -euo pipefail

root=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
bin="$RUNNER_TEMP/cxone-gitops"
# A job may use the action several times.
if [ ! -x "$bin/cxone-gitops" ]; then
  npm ci --prefix "$root" --omit=dev --ignore-scripts --no-audit --no-fund
  mkdir -p "$bin"
  printf '#!/usr/bin/env bash\nexec node %q "$@"\n' "$root/src/cli/start.js" > "$bin/cxone-gitops"
  chmod 755 "$bin/cxone-gitops"
fi
echo "$bin" >> "$GITHUB_PATH"
