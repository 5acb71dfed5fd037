// The extension is thin: it chooses a Python, starts the server with it, and lets vscode-languageclient do the rest.
// It starts anew when the Python or the trust in the workspace changes; all other settings reach the running server.

import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type ErrorHandler,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import { chooseInterpreter, type PythonApi } from './interpreter';
import { serverOptions } from './server';
import { forServer, readSettings, SECTION, type Settings } from './settings';

const PYTHON_EXTENSION = 'ms-python.python';
/** A server that ends so often within so long is not started again. */
const MAX_RESTARTS = 3;
const WITHIN_MS = 3 * 60_000;

let client: LanguageClient | undefined;
let output: vscode.LogOutputChannel;
/** One start or stop at a time: a second command waits for the first. */
let turn: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel('Shapewright', { log: true });
  const restart = () => inTurn(() => start(context));
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand('shapewright.restart', restart),
    vscode.commands.registerCommand('shapewright.showOutput', () => output.show()),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.interpreter`)) void restart();
    }),
  );
  await restart();
  const python = await pythonApi().catch(() => undefined);
  if (python !== undefined) {
    context.subscriptions.push(
      python.environments.onDidChangeActiveEnvironmentPath(() => {
        if (settings().interpreter.trim() === '') void restart();
      }),
    );
  }
}

export async function deactivate(): Promise<void> {
  await inTurn(stop);
}

function inTurn(action: () => Promise<void>): Promise<void> {
  turn = turn.then(action, action).catch((error: unknown) => output.error(String(error)));
  return turn;
}

function settings(): Settings {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  return readSettings((name) => configuration.get(name));
}

async function pythonApi(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>(PYTHON_EXTENSION);
  return extension === undefined ? undefined : await extension.activate();
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  await stop();
  const folder = vscode.workspace.workspaceFolders?.[0];
  const choice = await chooseInterpreter({
    setting: settings().interpreter,
    folder: folder?.uri.fsPath,
    platform: process.platform,
    python: pythonApi,
    resource: folder?.uri,
    log: (message) => output.warn(message),
  });
  output.info(`Starting the server with ${choice.command} (from the ${choice.from}).`);
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: 'file', language: 'python' },
      { scheme: 'untitled', language: 'python' },
    ],
    outputChannel: output,
    initializationOptions: { settings: forServer(settings()), workspaceTrusted: vscode.workspace.isTrusted },
    middleware: {
      workspace: {
        configuration: async (params, token, next) => {
          const answer = await next(params, token);
          return Array.isArray(answer) ? answer.map((section) => forServer(section)) : answer;
        },
      },
    },
    synchronize: {
      configurationSection: SECTION,
      fileEvents: vscode.workspace.createFileSystemWatcher('**/*.py'),
    },
    errorHandler: errorHandler(choice.command),
    initializationFailedHandler: () => false,
  };
  client = new LanguageClient(SECTION, 'Shapewright', serverOptions(context.extensionPath, choice.command), options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    output.error(String(error));
    // Not waited for: a message that nobody answers must not hold up the next start.
    void complain(`Shapewright could not be started with ${choice.command}. It needs Python 3.10 or newer.`);
  }
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  // A server that has died, or does not answer, is as good as stopped.
  await old?.dispose(2000).catch((error: unknown) => output.warn(`While stopping: ${String(error)}`));
}

/** Restarts a server that has ended, but not for ever; says so once. */
function errorHandler(python: string): ErrorHandler {
  const ended: number[] = [];
  return {
    error: () => ({ action: ErrorAction.Continue }),
    closed: () => {
      ended.push(Date.now());
      if (ended.filter((time) => Date.now() - time < WITHIN_MS).length <= MAX_RESTARTS) {
        return { action: CloseAction.Restart };
      }
      void complain(
        `The Shapewright server, run by ${python}, has ended ${ended.length} times and is not started again.`,
      );
      return { action: CloseAction.DoNotRestart, handled: true };
    },
  };
}

async function complain(message: string): Promise<void> {
  const [choose, show] = ['Choose Interpreter', 'Show Output'];
  const picked = await vscode.window.showErrorMessage(message, choose, show);
  if (picked === choose)
    await vscode.commands.executeCommand('workbench.action.openSettings', `${SECTION}.interpreter`);
  if (picked === show) output.show();
}
