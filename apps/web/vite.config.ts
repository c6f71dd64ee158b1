import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `nx serve web` finds a gateway. */
const gateway = process.env['GATEWAY_URL'] ?? `http://localhost:${process.env['PORT'] ?? 8080}`;

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: {
      '/api': { target: gateway },
      '/socket.io': { target: gateway, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The page's policy allows nothing inline, `data:` addresses included.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Changes more rarely than our own code, so it stays in the browser's cache.
            { name: 'vendor', test: /node_modules/ },
          ],
        },
      },
    },
  },
});
