#!/usr/bin/env bash
# Runs the end-to-end test in real VS Code: sets up what is missing under .e2e/, then drives it.
#   SHAPEWRIGHT_PYTHON   the Python with TensorFlow (default: .venv/bin/python)
#   KEEP=1               keep the profile and the logs
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
export SHAPEWRIGHT_PYTHON=${SHAPEWRIGHT_PYTHON:-$root/.venv/bin/python}
export E2E_DIR=$root/.e2e

"$root/scripts/install-browser.sh"
"$here/setup-vscode.sh" "$E2E_DIR/vscode"
(cd "$root/client" && npm run -s package) # always: an old package would test what is no longer there
# playwright-core stands among VS Code's own packages, and node looks for modules beside the script.
cp "$here"/*.mjs "$E2E_DIR/vscode/"
cd "$E2E_DIR/vscode"
E2E_SOURCE=$here CLIENT=$root/client node e2e.mjs
