// Types for what TypeScript files import of patch.mjs.

import type { Plugin } from 'vite'

export function patchPlugin(patch: { readonly file: string; readonly find: string; readonly replace: string }): Plugin
