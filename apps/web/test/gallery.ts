/** Serves the gallery of scenes, built as the app is built and under the same rules for what a page may do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { launchBrowser, patienceMs } from '@sotto/testing';
import react from '@vitejs/plugin-react';
import type { Browser, Page } from 'playwright-core';
import { build, type InlineConfig, preview } from 'vite';

export interface Gallery {
  /** The address of a scene. */
  scene(name: string, look?: { theme?: 'light' | 'dark'; lang?: 'en' | 'de' }): string;
  close(): Promise<void>;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'";

/** Builds `dev.html` into a temporary folder and serves it on a free port. The caller must `close` it. */
export async function startGallery(): Promise<Gallery> {
  const outDir = mkdtempSync(join(tmpdir(), 'sotto-gallery-'));
  const root = join(import.meta.dirname, '..');
  const shared = {
    root,
    configFile: false as const,
    logLevel: 'error' as const,
    plugins: [react()],
    css: { modules: { localsConvention: 'camelCaseOnly' as const } },
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, rolldownOptions: { input: join(root, 'dev.html') } },
  } satisfies InlineConfig;
  await build(shared);
  const server = await preview({
    ...shared,
    preview: { port: 0, host: '127.0.0.1', headers: { 'Content-Security-Policy': policy } },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('the gallery has no port');
  return {
    scene: (name, look = {}) =>
      `http://127.0.0.1:${address.port}/dev.html?${new URLSearchParams({ scene: name, ...look })}`,
    async close() {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

/** A gallery and a browser, for the tests of one file; both end with them. */
export async function visitGallery(): Promise<{ gallery: Gallery; browser: Browser; newPage(): Promise<Page> }> {
  const gallery = await startGallery();
  after(() => gallery.close());
  const browser = await launchBrowser();
  after(() => browser.close());
  const look = { viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce' } as const;
  return {
    gallery,
    browser,
    async newPage() {
      const page = await browser.newPage(look);
      page.setDefaultTimeout(patienceMs);
      return page;
    },
  };
}
