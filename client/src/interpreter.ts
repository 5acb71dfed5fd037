// Which Python runs the server, and so whose TensorFlow is asked:
//   1. the setting `shapewright.interpreter`, if it says one;
//   2. the interpreter that the Python extension has selected for the folder;
//   3. `python3` (on Windows `python`).
// Nothing here touches VS Code, so that the choice can be tested by itself: the Python extension's API is handed in.

import * as os from 'node:os';
import * as path from 'node:path';

/** The part of the Python extension's public API that is used (ms-python.python, `environments`). */
export interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: unknown): { readonly path: string };
    resolveEnvironment(
      environment: unknown,
    ): Promise<{ readonly executable: { readonly uri?: { readonly fsPath: string } | undefined } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: (listener: () => void) => { dispose(): void };
  };
}

export interface Choice {
  readonly command: string;
  readonly from: 'setting' | 'python extension' | 'default';
}

export interface Surroundings {
  readonly setting: string;
  readonly folder: string | undefined;
  readonly platform: NodeJS.Platform;
  /** Gives the API of the Python extension, or undefined where it is not installed; may fail. */
  readonly python: () => Promise<PythonApi | undefined>;
  readonly resource?: unknown;
  /** Told why a step was passed over. */
  readonly log: (message: string) => void;
}

/** Chooses the Python that runs the server. */
export async function chooseInterpreter(around: Surroundings): Promise<Choice> {
  const setting = around.setting.trim();
  if (setting !== '') return { command: expand(setting, around.folder), from: 'setting' };
  try {
    const api = await around.python();
    if (api !== undefined) {
      const selected = api.environments.getActiveEnvironmentPath(around.resource);
      const environment = await api.environments.resolveEnvironment(selected);
      const executable = environment?.executable.uri?.fsPath;
      if (executable !== undefined) return { command: executable, from: 'python extension' };
      around.log(`The Python extension has selected ${selected.path}, which has no executable.`);
    }
  } catch (error) {
    around.log(`The Python extension could not be asked: ${String(error)}`);
  }
  return { command: around.platform === 'win32' ? 'python' : 'python3', from: 'default' };
}

/** Replaces `${workspaceFolder}` and a leading `~`; a relative path with a folder in it is one of the workspace. */
export function expand(setting: string, folder: string | undefined): string {
  let out = setting.replaceAll('${workspaceFolder}', folder ?? '');
  if (out === '~' || out.startsWith('~/') || out.startsWith('~\\')) out = path.join(os.homedir(), out.slice(1));
  const isRelative = !path.isAbsolute(out) && /[\\/]/.test(out);
  return isRelative && folder !== undefined ? path.join(folder, out) : out;
}
