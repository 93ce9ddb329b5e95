import { existsSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * The jwt callback of the module that NOT_BEFORE_FILE names, once it is there: so that a test can deploy what `rollcallctl rule snippet`
 * writes without building the application again. Until then sessions are what they are without a callback.
 */
export async function jwt(parameters) {
  const file = process.env.NOT_BEFORE_FILE;
  if (!file || !existsSync(file)) return parameters.token;
  const address = `${pathToFileURL(file)}?${statSync(file).mtimeMs}`;
  const { endSessions } = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ address);
  return endSessions()(parameters);
}
