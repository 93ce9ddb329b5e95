// Child processes that do not outlive the launcher, however it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SUPPORT = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'support');

/** Starts a command as the unprivileged test user; it is killed when this process ends. */
export function spawnUnprivileged(command, options) {
  const script = 'source "$0"; exec_unprivileged KILL "$@"';
  return spawn('bash', ['-c', script, join(SUPPORT, 'unprivileged.sh'), ...command], options);
}

/** Removes a folder when this process ends, also when it is killed. Answers a function that does so at once. */
export function removeWithThisProcess(folder) {
  const remover = spawn('bash', ['-c', 'trap "" TERM INT; cat >/dev/null; rm -rf "$0"', folder], { stdio: ['pipe', 'ignore', 'inherit'] });
  return async () => {
    remover.stdin.end();
    await ended(remover);
  };
}

/** Resolves when the child has ended; at once where it has already. */
export const ended = async (child) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
