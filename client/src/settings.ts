// The settings as the compiler knows them. A unit test holds them equal to package.json; the server has its own list
// (server/settings.py), and a test of the repository holds that one equal too.

export interface Settings {
  interpreter: string;
  concreteElements: number;
  callTimeout: number;
  analysisTimeout: number;
  memoryLimit: number;
  debounce: number;
  maxFileSize: number;
  gaps: boolean;
  logLevel: 'error' | 'warning' | 'info' | 'debug';
}

export const SECTION = 'shapewright';

export const DEFAULTS: Settings = {
  interpreter: '',
  concreteElements: 10000,
  callTimeout: 10,
  analysisTimeout: 60,
  memoryLimit: 8192,
  debounce: 75,
  maxFileSize: 2000000,
  gaps: false,
  logLevel: 'info',
};

/** What of the settings only the client reads. */
export const CLIENT_ONLY = ['trace.server'];

/** Reads the settings; `get` is that of a `WorkspaceConfiguration`. */
export function readSettings(get: (name: string) => unknown): Settings {
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    const value = get(name);
    if (value !== undefined && value !== null) settings[name] = value;
  }
  return settings as unknown as Settings;
}

/**
 * The settings as the server is told them: it already runs on the interpreter that was chosen, and its engine takes the
 * same one where no other is named. What the setting says may be `${workspaceFolder}/…`, which only the client expands.
 */
export function forServer<T>(section: T): T {
  return typeof section === 'object' && section !== null && 'interpreter' in section
    ? { ...section, interpreter: '' }
    : section;
}
