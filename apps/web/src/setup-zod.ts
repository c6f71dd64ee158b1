import { config } from 'zod';

// Schemas compile themselves with `new Function` unless told not to, which the page's policy forbids. Before any schema is made.
config({ jitless: true });
