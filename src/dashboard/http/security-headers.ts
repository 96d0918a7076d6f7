/**
 * What every answer of the dashboard carries. The page takes scripts, styles and data from its own origin alone, runs
 * nothing that stands in its HTML, and cannot be framed.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Of data: nothing of it may stay behind in a browser or proxy. */
export const NEVER_STORED = { 'Cache-Control': 'no-store' } as const;

/** Of files: asked for each time, and answered 304 while they are the same. */
export const ALWAYS_CHECKED = { 'Cache-Control': 'private, no-cache' } as const;
