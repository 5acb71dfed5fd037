// Starts VS Code (code-server) with an empty profile on a free port, and a headless Chromium on it.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'window.restoreWindows': 'none',
  'window.dialogStyle': 'custom',
  'editor.accessibilitySupport': 'off',
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'editor.hover.delay': 100,
  'editor.fontFamily': "'DejaVu Sans Mono', monospace",
  'chat.commandCenter.enabled': false,
};

/** Runs VS Code on a copy of a workspace with an extension installed; `settings` is told where the copy is. */
export async function startVSCode({ folder, vsix, workspace, settings }) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'shapewright-e2e-'));
  const [data, extensions, copy] = ['data', 'extensions', 'workspace'].map((name) => path.join(home, name));
  fs.mkdirSync(path.join(data, 'User'), { recursive: true });
  fs.mkdirSync(extensions);
  fs.cpSync(workspace, copy, { recursive: true });
  fs.writeFileSync(path.join(home, 'config.yaml'), 'auth: none\n');
  fs.writeFileSync(
    path.join(data, 'User', 'settings.json'),
    JSON.stringify({ ...SETTINGS, ...settings(copy) }, null, 1),
  );

  const entry = path.join(folder, 'node_modules/code-server/out/node/entry.js');
  const common = ['--config', path.join(home, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', extensions];
  // A terminal inside VS Code sets these, and code-server would open the file in that window instead.
  const foreign = /^VSCODE_|^CODE_SERVER|^PASSWORD$|^HASHED_PASSWORD$|^PORT$/;
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    HOME: home,
  };
  execFileSync(process.execPath, [entry, ...common, '--install-extension', vsix], { env, stdio: 'pipe' });

  const port = await freePort();
  const logFile = path.join(home, 'server.log');
  const log = fs.openSync(logFile, 'w');
  const flags = [
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
  ];
  // A process group of its own: the extension host and the language server are ended with it.
  const server = spawn(process.execPath, [entry, ...common, '--bind-addr', `127.0.0.1:${port}`, ...flags, copy], {
    env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  let browser;
  async function stop() {
    await browser?.close().catch(() => {});
    const ended = new Promise((resolve) => server.once('exit', resolve));
    endGroup(server, 'SIGTERM');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
    endGroup(server, 'SIGKILL');
    if (process.env.KEEP) console.log(`kept ${home}`);
    else fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
  try {
    await up(server, port, logFile);
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
    const page = await context.newPage();
    page.setDefaultTimeout(40_000);
    page.on('dialog', (dialog) => dialog.accept().catch(() => {})); // "leave site?"
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(copy)}`);
    await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 90_000 });
    return { page, workspace: copy, stop, log: () => fs.readFileSync(logFile, 'utf8') };
  } catch (error) {
    await stop();
    throw error;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function up(server, port, logFile) {
  for (let turn = 0; turn < 300; turn++) {
    if (server.exitCode !== null) throw new Error('code-server ended: ' + fs.readFileSync(logFile, 'utf8'));
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('code-server did not come up');
}

function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', // nothing beyond this machine can be reached
    ],
  });
}

function endGroup(server, signal) {
  try {
    process.kill(-server.pid, signal);
  } catch {
    // It has ended.
  }
}

/** The text of the editor, line by line, as far as it is on the screen. */
export function editorLines(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('.editor-instance .view-lines .view-line')]
      .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
      .map((line) => line.textContent.replace(/\u00a0/g, ' ')),
  );
}

/** Opens a file of the workspace by Ctrl+P. */
export async function openFile(page, name) {
  await page.keyboard.press('Control+p');
  const input = page.locator('.quick-input-widget input[type=text]');
  await input.waitFor();
  await input.fill(name);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator(`.tab[data-resource-name="${name}"]`).waitFor();
}

/** Runs a command of the palette by its title. */
export async function command(page, title) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input[type=text]');
  await input.waitFor();
  await input.fill('>' + title);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** Opens the quick-fix menu with Ctrl+. ; a press while focus moves is lost, so it is pressed again. */
export async function quickFixMenu(page) {
  const menu = page.locator('.action-widget');
  for (let turn = 0; turn < 10; turn++) {
    await page.keyboard.press('Control+.');
    const shown = await menu.waitFor({ timeout: 2000 }).then(
      () => true,
      () => false,
    );
    if (shown) return menu;
  }
  throw new Error('no quick-fix menu');
}
