// The way of a user in real VS Code: squiggle, hover card, problem, quick fix, squiggle gone, saved.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { command, editorLines, openFile, quickFixMenu, startVSCode } from './vscode.mjs';

const { E2E_DIR, E2E_SOURCE, CLIENT, SHAPEWRIGHT_PYTHON } = process.env;
const shots = path.join(E2E_DIR, 'shots');
fs.mkdirSync(shots, { recursive: true });
const begun = Date.now();
const step = (...words) => console.log(((Date.now() - begun) / 1000).toFixed(1).padStart(6) + ' s', ...words);

const LINE = 'logits = tf.matmul(features, weights)';
const REPAIRED = 'logits = tf.matmul(features, weights, transpose_b=True)';

const tests = {
  async 'a squiggle, its hover card, its quick fix'(code) {
    const { page } = code;
    await openFile(page, 'transposed.py');
    await page.locator('.squiggly-error').first().waitFor({ timeout: 90_000 });
    step('squiggle');
    assert.equal((await editorLines(page))[6], LINE);
    await page.screenshot({ path: path.join(shots, '1-squiggle.png') });

    const card = page.locator('.monaco-hover:not(.hidden) .monaco-hover-content');
    await page
      .locator('.view-line span', { hasText: /^matmul$|\.matmul/ })
      .last()
      .hover();
    await card.getByText('inner dimensions differ').first().waitFor();
    step('card over the error');
    await page.waitForTimeout(600); // the card fades in
    await page.screenshot({ path: path.join(shots, '2-hover-error.png') });

    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+g');
    await page.locator('.quick-input-widget input[type=text]').fill(':4:3');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Control+i');
    await card.getByText('(16, 4)').first().waitFor();
    await card.getByText('float32').first().waitFor();
    step('card over a value:', JSON.stringify(await card.first().innerText()));
    await page.screenshot({ path: path.join(shots, '3-hover-value.png') });

    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Shift+m');
    const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'inner dimensions differ' }).first();
    await problem.waitFor();
    await page.screenshot({ path: path.join(shots, '4-problems.png') });
    await problem.dblclick();
    await page.locator('.editor-instance .monaco-editor.focused').waitFor();
    const menu = await quickFixMenu(page);
    await menu
      .getByText(/transpose/i)
      .first()
      .waitFor();
    step('quick fixes:', JSON.stringify(await menu.innerText()));
    await page.screenshot({ path: path.join(shots, '5-quick-fix.png') });
    await page.keyboard.press('Enter');

    await page.locator('.view-line', { hasText: 'transpose_b' }).waitFor();
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    assert.equal((await editorLines(page))[6], REPAIRED);
    await page.locator('.markers-panel').getByText('No problems have been detected').waitFor();
    step('fixed');
    await page.screenshot({ path: path.join(shots, '6-fixed.png') });
    await page.keyboard.press('Control+s');
    await page.locator('.tab.dirty').waitFor({ state: 'detached' });
    assert.ok(fs.readFileSync(path.join(code.workspace, 'transposed.py'), 'utf8').includes(REPAIRED));
    step('saved');

    // A broken edit in the middle of the file, and back: the server lives on.
    await command(page, 'Shapewright: Restart Server');
    fs.appendFileSync(path.join(code.workspace, 'transposed.py'), 'again = tf.matmul(weights, weights)\n');
    await page.locator('.view-line', { hasText: 'again' }).waitFor();
    await page.locator('.squiggly-error').first().waitFor({ timeout: 90_000 });
    step('after a restart, a change on disk is seen');
  },

  async 'without TensorFlow: one clear message, and the server stays up'(code) {
    const { page } = code;
    await openFile(page, 'transposed.py');
    const toast = page.locator('.notifications-toasts .notification-toast', { hasText: /TensorFlow/ });
    await toast.first().waitFor({ timeout: 60_000 });
    step('message:', JSON.stringify(await toast.first().innerText()));
    await page.screenshot({ path: path.join(shots, '7-without-tensorflow.png') });
    assert.equal(await toast.count(), 1);
    await page.waitForTimeout(2000);
    assert.equal(await toast.count(), 1, 'the message comes once');
    assert.equal(await page.locator('.squiggly-error').count(), 0);
  },
};

const bare = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'shapewright-bare-')), 'venv');
execFileSync(SHAPEWRIGHT_PYTHON, ['-m', 'venv', '--without-pip', bare]);
const interpreters = [
  (workspace) => '${workspaceFolder}/' + path.relative(workspace, SHAPEWRIGHT_PYTHON), // only the client can expand it
  () => path.join(bare, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'),
];

let failed = 0;
for (const [index, [name, test]] of Object.entries(tests).entries()) {
  step(name);
  const code = await startVSCode({
    folder: path.join(E2E_DIR, 'vscode'),
    vsix: path.join(CLIENT, 'shapewright.vsix'),
    workspace: path.join(E2E_SOURCE, 'workspace'),
    settings: (workspace) => ({ 'shapewright.interpreter': interpreters[index](workspace) }),
  });
  try {
    step('workbench');
    await test(code);
    step('passed');
  } catch (error) {
    failed += 1;
    console.error(error);
    await code.page.screenshot({ path: path.join(shots, `failed-${index + 1}.png`) }).catch(() => {});
    console.error(code.log().slice(-3000));
  } finally {
    await code.stop();
  }
}
fs.rmSync(path.dirname(bare), { recursive: true, force: true });
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed);
