// How the server is started: `<python> <extension>/server/__main__.py server`, over stdio.
// By path and never with -m: with -m Python would look for modules in the user's folder first, where a hostile
// `server.py` or `pygls.py` would run. `-P` (Python 3.11) would say the same, but 3.10 does not know it; the file itself
// takes its own folder off `sys.path`, and puts the extension's and the bundled libraries there.

import * as path from 'node:path';
import type { ServerOptions } from 'vscode-languageclient/node';

/** Returns what starts the server of an extension folder with a Python. */
export function serverOptions(extensionPath: string, python: string): ServerOptions {
  const run = {
    command: python,
    args: [path.join(extensionPath, 'server', '__main__.py'), 'server'],
    // The extension's own folder: what the user's folder holds must not matter.
    options: { cwd: extensionPath, env: environment(process.env) },
  };
  return { run, debug: run };
}

/** The environment of the server: without what makes Python load code from somewhere else. */
export function environment(from: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const elsewhere = ['PYTHONPATH', 'PYTHONHOME', 'PYTHONSTARTUP', 'PYTHONINSPECT'];
  const kept = Object.entries(from).filter(([name]) => !elsewhere.includes(name));
  return { ...Object.fromEntries(kept), PYTHONUNBUFFERED: '1', PYTHONUTF8: '1' };
}
