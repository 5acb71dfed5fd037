// Puts the server, the rules' pages and the server's pure-Python dependencies into the extension's folder.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const client = path.resolve(import.meta.dirname, '..');
const root = path.resolve(client, '..');
const python = process.env.SHAPEWRIGHT_BUILD_PYTHON ?? firstOf(path.join(root, '.venv/bin/python'), 'python3');

for (const folder of ['server', 'docs', 'bundled']) rmSync(path.join(client, folder), { recursive: true, force: true });
const plain = (source) => !/(^|[\\/])(__pycache__|\.mypy_cache|\.ruff_cache)([\\/]|$)|\.pyc$/.test(source);
cpSync(path.join(root, 'server'), path.join(client, 'server'), { recursive: true, filter: plain });
cpSync(path.join(root, 'docs/rules'), path.join(client, 'docs/rules'), { recursive: true });
for (const name of ['LICENSE', 'CHANGELOG.md']) {
  if (existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(client, name));
}

const libs = path.join(client, 'bundled/libs');
execFileSync(
  python,
  // One set of files for every Python and system: wheels of pure Python, as Python 3.10, the oldest, would choose them.
  [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-compile',
    '--no-deps',
    '--target',
    libs,
    '--only-binary=:all:',
    '--platform',
    'any',
    '--implementation',
    'py',
    '--abi',
    'none',
    '--python-version',
    '3.10',
    '-r',
    path.join(client, 'bundled-requirements.txt'),
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
rmSync(path.join(libs, 'bin'), { recursive: true, force: true });
// Stubs of other people's packages: five thousand files that jedi does without (it looks whether they are there).
for (const stubs of ['typeshed/stubs', 'django-stubs']) {
  rmSync(path.join(libs, 'jedi/third_party', stubs), { recursive: true, force: true });
}

const compiled = readdirSync(libs, { recursive: true }).filter((name) => /\.(so|pyd|dylib|dll)$/.test(name));
if (compiled.length > 0) throw new Error(`what is bundled must be pure Python: ${compiled.join(', ')}`);
console.log(
  `bundled the server and ${readdirSync(libs).filter((name) => name.endsWith('.dist-info')).length} packages`,
);

function firstOf(...candidates) {
  return candidates.find((candidate) => !path.isAbsolute(candidate) || existsSync(candidate));
}
