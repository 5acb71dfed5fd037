import assert from 'node:assert/strict';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { chooseInterpreter, expand, type PythonApi, type Surroundings } from '../../src/interpreter';

const selected: PythonApi = {
  environments: {
    getActiveEnvironmentPath: () => ({ path: '/envs/tf' }),
    resolveEnvironment: (environment) => {
      assert.deepEqual(environment, { path: '/envs/tf' });
      return Promise.resolve({ executable: { uri: { fsPath: '/envs/tf/bin/python' } } });
    },
    onDidChangeActiveEnvironmentPath: () => ({ dispose: () => undefined }),
  },
};

function around(changes: Partial<Surroundings> = {}): Surroundings & { logged: string[] } {
  const logged: string[] = [];
  return {
    setting: '',
    folder: '/projects/net',
    platform: 'linux',
    python: () => Promise.resolve(undefined),
    log: (message) => logged.push(message),
    logged,
    ...changes,
  };
}

test('the setting comes first', async () => {
  const choice = await chooseInterpreter(around({ setting: '/opt/python', python: () => Promise.resolve(selected) }));
  assert.deepEqual(choice, { command: '/opt/python', from: 'setting' });
});

test('then the interpreter that the Python extension has selected', async () => {
  const choice = await chooseInterpreter(around({ setting: '  ', python: () => Promise.resolve(selected) }));
  assert.deepEqual(choice, { command: '/envs/tf/bin/python', from: 'python extension' });
});

test('without the Python extension, python3; on Windows, python', async () => {
  assert.deepEqual(await chooseInterpreter(around()), { command: 'python3', from: 'default' });
  assert.deepEqual(await chooseInterpreter(around({ platform: 'win32' })), { command: 'python', from: 'default' });
});

test('an environment without an executable is passed over, and the log says so', async () => {
  const empty: PythonApi = {
    environments: { ...selected.environments, resolveEnvironment: () => Promise.resolve({ executable: {} }) },
  };
  const surroundings = around({ python: () => Promise.resolve(empty) });
  assert.equal((await chooseInterpreter(surroundings)).from, 'default');
  assert.match(surroundings.logged.join(), /\/envs\/tf/);
});

test('a Python extension that fails is passed over, and the log says why', async () => {
  const surroundings = around({ python: () => Promise.reject(new Error('not today')) });
  assert.equal((await chooseInterpreter(surroundings)).from, 'default');
  assert.match(surroundings.logged.join(), /not today/);
});

test('variables, the home folder and relative paths in the setting', () => {
  assert.equal(expand('${workspaceFolder}/.venv/bin/python', '/projects/net'), '/projects/net/.venv/bin/python');
  assert.equal(expand('~/envs/python', '/projects/net'), path.join(os.homedir(), 'envs/python'));
  assert.equal(expand('.venv/bin/python', '/projects/net'), path.join('/projects/net', '.venv/bin/python'));
  assert.equal(expand('python3.12', '/projects/net'), 'python3.12');
  assert.equal(expand('.venv/bin/python', undefined), '.venv/bin/python');
});
