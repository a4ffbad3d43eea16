// A story file: what it is about, then blocks of commands and everything that they caused. This file knows only
// its text; director.ts carries the commands out.

export interface Block {
  /** Lines before `----`: comments, which begin with `#`, and commands. */
  readonly commands: readonly string[]
  readonly outcome: readonly string[]
}

export interface Story {
  readonly blocks: readonly Block[]
}

const DIVIDER = '----'

/** Blocks are separated by empty lines; one of comments alone has no divider. */
export function parseStory(text: string): Story {
  const blocks = text
    .split(/\n\s*\n/)
    .map((part) => part.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const at = lines.indexOf(DIVIDER)
      return at === -1
        ? { commands: lines, outcome: [] }
        : { commands: lines.slice(0, at), outcome: lines.slice(at + 1) }
    })
  return { blocks }
}

export function formatStory({ blocks }: Story): string {
  const parts = blocks.map(({ commands, outcome }) =>
    commands.every(isComment) ? commands.join('\n') : [...commands, DIVIDER, ...outcome].join('\n'),
  )
  return `${parts.join('\n\n')}\n`
}

export function isComment(line: string): boolean {
  return line.startsWith('#')
}
