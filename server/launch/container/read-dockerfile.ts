// Reads a Dockerfile as far as a test of ours asks: stages and their instructions, continued lines joined, comments gone.

export interface Step {
  /** In capitals. */
  readonly keyword: string
  readonly rest: string
}

export interface Stage {
  /** As `AS` gives it; empty. */
  readonly name: string
  readonly from: string
  readonly steps: readonly Step[]
}

export function readDockerfile(text: string): readonly Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const stages: { name: string; from: string; steps: Step[] }[] = []
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? []
    if (keyword.toUpperCase() === 'FROM') {
      const [, from = '', name = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? []
      stages.push({ name, from, steps: [] })
    } else stages.at(-1)?.steps.push({ keyword: keyword.toUpperCase(), rest })
  }
  return stages
}

export function wordsOf(rest: string): readonly string[] {
  return rest.split(/\s+/).filter((word) => word !== '')
}
