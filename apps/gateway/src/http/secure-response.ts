import { ServerResponse, type IncomingMessage } from 'node:http';
import helmet from 'helmet';
import type { Addresses } from '../limits/addresses.ts';

const HSTS_SECONDS = 31_536_000;

/** Scripts and styles only from files of this origin, which scripts still may style by; talks to this origin alone, its WebSocket included. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'self'"], 'script-src': ["'self'"], 'script-src-attr': ["'none'"], 'style-src': ["'self'"], 'img-src': ["'self'", 'data:', 'blob:'], 'connect-src': ["'self'"],
  'object-src': ["'none'"], 'frame-src': ["'none'"], 'worker-src': ["'self'"], 'base-uri': ["'none'"], 'form-action': ["'self'"], 'frame-ancestors': ["'none'"],
  // Text does not become markup or script, by whatever way it got where it should not.
  'require-trusted-types-for': ["'script'"], 'trusted-types': ["'none'"],
};

/** What the page may ask of the browser: nothing of this. */
const PERMISSIONS_POLICY = ['accelerometer', 'camera', 'display-capture', 'geolocation', 'gyroscope', 'magnetometer', 'microphone', 'midi', 'payment', 'usb', 'xr-spatial-tracking']
  .map((feature) => `${feature}=()`).join(', ');

const secureBy = (isHttps: boolean) => helmet({
  contentSecurityPolicy: { useDefaults: false, directives: isHttps ? { ...CONTENT_SECURITY_POLICY, 'upgrade-insecure-requests': [] } : CONTENT_SECURITY_POLICY },
  referrerPolicy: { policy: 'no-referrer' },
  frameguard: { action: 'deny' },
  // Other hosts of the same domain are not ours to speak for.
  strictTransportSecurity: isHttps && { maxAge: HSTS_SECONDS, includeSubDomains: false },
});
const [SECURE, SECURE_BY_HTTPS] = [secureBy(false), secureBy(true)];

export type SecureResponseOptions = { /** Whether browsers reach us by HTTPS alone. */ httpsOnly: boolean; addresses: Addresses };

/** Every response of the server, whoever writes it, begins with the headers that keep browsers safe. */
export const secureResponse = ({ httpsOnly, addresses }: SecureResponseOptions): typeof ServerResponse =>
  class SecureResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
    constructor(request: Request) {
      super(request);
      const isHttps = httpsOnly || (addresses.isProxied(request) && request.headers['x-forwarded-proto'] === 'https');
      (isHttps ? SECURE_BY_HTTPS : SECURE)(request, this, () => undefined);
      this.setHeader('permissions-policy', PERMISSIONS_POLICY);
    }
  };
