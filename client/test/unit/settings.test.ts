import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../package.json';
import { environment, serverOptions } from '../../src/server';
import { CLIENT_ONLY, DEFAULTS, forServer, readSettings, SECTION } from '../../src/settings';

const properties: Record<string, { default?: unknown }> = manifest.contributes.configuration.properties;

test('package.json and the compiler know the same settings and defaults', () => {
  const known = [...Object.keys(DEFAULTS), ...CLIENT_ONLY].map((name) => `${SECTION}.${name}`);
  assert.deepEqual(Object.keys(properties).sort(), known.sort());
  for (const [name, value] of Object.entries(DEFAULTS)) {
    assert.deepEqual(properties[`${SECTION}.${name}`]?.default, value, name);
  }
});

test('what is not set has its default', () => {
  assert.deepEqual(
    readSettings((name) => (name === 'debounce' ? 10 : undefined)),
    { ...DEFAULTS, debounce: 10 },
  );
});

test('the server is not told which interpreter: it runs on it', () => {
  const section = { ...DEFAULTS, interpreter: '${workspaceFolder}/.venv/bin/python', debounce: 10 };
  assert.deepEqual(forServer(section), { ...section, interpreter: '' });
  assert.equal(forServer(null), null);
});

test('a setting that names a program is restricted in workspaces that are not trusted', () => {
  assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ['shapewright.interpreter']);
});

test('the server is started by path, in the folder of the extension', () => {
  const options = serverOptions('/extension', '/usr/bin/python3') as {
    run: { command: string; args: string[]; options: { cwd: string } };
  };
  assert.equal(options.run.command, '/usr/bin/python3');
  assert.deepEqual(options.run.args, ['/extension/server/__main__.py', 'server']);
  assert.equal(options.run.options.cwd, '/extension');
});

test('nothing in the environment makes the server load code from elsewhere', () => {
  const cleaned = environment({ PATH: '/bin', PYTHONPATH: '/evil', PYTHONSTARTUP: '/evil.py', PYTHONHOME: '/evil' });
  assert.deepEqual(
    Object.keys(cleaned)
      .filter((name) => name.startsWith('PYTHON'))
      .sort(),
    ['PYTHONUNBUFFERED', 'PYTHONUTF8'],
  );
  assert.equal(cleaned['PATH'], '/bin');
});
