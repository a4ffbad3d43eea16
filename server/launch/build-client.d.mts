// What build-client.mjs offers to tests in TypeScript.

/** Makes index.js and its declarations in `out`, by default dist/client. */
export function buildClient(out?: string): Promise<void>
/** Declarations of all that the client is made of, each at its place in the checkout, below `directory`. */
export function emitDeclarations(directory: string): Promise<void>
