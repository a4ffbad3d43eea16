// What bundle.mjs offers to tests in TypeScript.

/** Bundles one entry (a path in the checkout) into `outFile`. */
export function bundle(entry: string, outFile: string): Promise<void>
