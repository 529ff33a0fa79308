/**
 * Builds the web app into `dist/`: content-hashed files, each with a `.br` and a `.gz` beside it, and `files.json`,
 * which tells the server what may be cached for good. `npm run dev -w @sotto/web` proxies to a server on :8008.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { integrity } from './build/integrity.ts';
import { chunkFileNames } from './build/later.ts';
import { precompress } from './build/precompress.ts';
import { stripWasm } from './build/strip-wasm.ts';

const server = 'http://localhost:8008';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), stripWasm(), integrity(), precompress()],
  // Bundled before, it would look for its wasm beside the bundle.
  optimizeDeps: { exclude: ['@matrix-org/matrix-sdk-crypto-wasm'] },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  build: {
    target: 'baseline-widely-available',
    outDir: 'dist',
    emptyOutDir: true,
    // A data: URL in a script would be blocked by the Content-Security-Policy; everything is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1300,
    rolldownOptions: { output: { chunkFileNames } },
  },
  // Threads are started when somebody asks for what they do.
  worker: {
    format: 'es',
    plugins: () => [stripWasm()],
    rolldownOptions: { output: { entryFileNames: 'assets/later/[name]-[hash].js' } },
  },
  server: { proxy: { '/_matrix': server, '/_sotto': server, '/.well-known': server } },
});
