// Every story, told again: what it causes now must be what is written. UPDATE_TRANSCRIPTS=1 writes it anew; then read
// the difference as carefully as code.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runStory } from './director.ts'
import { formatStory, isComment, parseStory } from './story.ts'

const FOLDER = fileURLToPath(new URL('./stories/', import.meta.url))
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

describe('transcripts', () => {
  test.each(names)('%s', (name) => {
    const text = readFileSync(FOLDER + name, 'utf8')
    const told = formatStory(runStory(parseStory(text)))
    if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(FOLDER + name, told)
    else expect(told).toBe(text)
  })

  test.each(names)('%s begins with a sentence for who is learning, and is short', (name) => {
    const { blocks } = parseStory(readFileSync(FOLDER + name, 'utf8'))
    expect(blocks[0]?.commands.every(isComment)).toBe(true)
    expect(blocks.flatMap((block) => block.outcome).length).toBeGreaterThan(5)
    expect(blocks.flatMap((block) => block.outcome).length).toBeLessThan(120)
  })
})
