// Stands in for @vscode/spdlog, the log writer of VS Code that would have to be compiled: without one, output
// channels stay empty. VS Code imports it as an ES module, and node finds its names by their text: `exports.x =` each.
const fs = require('fs');
const path = require('path');

class Logger {
  constructor(kind, name, file) {
    Object.assign(this, { kind, name, file, level: 2, raw: false });
  }
  write(level, word, message) {
    if (level < this.level || !this.file) return;
    const time = new Date().toISOString().replace('T', ' ').slice(0, -1);
    try {
      fs.appendFileSync(this.file, this.raw ? message : `${time} [${word}] ${message}\n`);
    } catch {
      // The profile has been removed: the test is over.
    }
  }
  trace(message) {
    this.write(0, 'trace', message);
  }
  debug(message) {
    this.write(1, 'debug', message);
  }
  info(message) {
    this.write(2, 'info', message);
  }
  warn(message) {
    this.write(3, 'warning', message);
  }
  error(message) {
    this.write(4, 'error', message);
  }
  critical(message) {
    this.write(5, 'critical', message);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  clearFormatters() {
    this.raw = true;
  }
  setPattern() {}
  flush() {}
  drop() {}
}

async function create(name, file) {
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  return new Logger('rotating', name, file);
}

exports.version = 11500;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
