// A plugin for vite, vitest and bundles: one source file is read with a piece of its text replaced.

import { join } from 'node:path'
import { ROOT } from './steps.mjs'

/** `patch` {file, find, replace}; it fails when the text does not occur exactly once. */
export function patchPlugin({ file, find, replace }) {
  return {
    name: 'patch',
    enforce: 'pre',
    transform(code, id) {
      if (id.split('?')[0] !== join(ROOT, file)) return null
      const parts = code.split(find)
      if (parts.length !== 2)
        throw new Error(`${file} holds the text to be patched ${parts.length - 1} times, not once:\n${find}`)
      return parts.join(replace)
    },
  }
}
