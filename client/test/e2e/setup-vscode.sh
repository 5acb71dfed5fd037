#!/usr/bin/env bash
# setup-vscode.sh DIR: VS Code's workbench and extension host (code-server) into DIR, from npm alone.
# Compiles nothing and is safe to run again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
stamp=$dir/.ready
if [ -f "$stamp" ] && cmp -s "$here/vscode/package-lock.json" "$stamp"; then exit 0; fi

cp "$here/vscode/package.json" "$here/vscode/package-lock.json" "$here/vscode/.npmrc" "$dir/"
quiet=(--ignore-scripts --no-audit --no-fund --no-progress --loglevel=error)
(cd "$dir" && npm ci "${quiet[@]}")
# VS Code's own packages stand in its npm-shrinkwrap.json, which `npm ci` refuses and `npm install` honours.
cd "$dir/node_modules/code-server/lib/vscode"
npm install --omit=dev "${quiet[@]}"
ln -sfn node_modules node_modules.asar # the built-in extensions look there
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sfn "$dir/node_modules/@vscode/ripgrep-linux-x64/bin/rg" node_modules/@vscode/ripgrep/bin/rg
cp "$here/vscode/spdlog-shim.js" node_modules/@vscode/spdlog/index.js
node "$dir/node_modules/code-server/out/node/entry.js" --config /dev/null --version
cp "$here/vscode/package-lock.json" "$stamp"
