import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** What a page of ours may do (security.md B12): nothing inline, nothing evaluated but wasm, nobody frames it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the built web app: files named by their content for good, the page itself asked for each time. */
export function addWebApp(server: FastifyInstance, dir: string): void {
  server.register(fastifyStatic, {
    root: dir,
    preCompressed: true,
    cacheControl: false,
    index: ['index.html'],
    setHeaders(reply, file) {
      const isHashed = path.relative(dir, file).startsWith(`assets${path.sep}`);
      reply.headers({
        'Cache-Control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
        'Content-Security-Policy': contentSecurityPolicy,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Permissions-Policy': 'geolocation=(), payment=(), usb=()',
      });
    },
  });
}
