import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export default {
  poweredByHeader: false,
  // The packages lie two folders up; without this Next.js guesses the root from whatever lock files it meets.
  turbopack: { root: dirname(dirname(dirname(fileURLToPath(import.meta.url)))) },
};
