// The steps of Zab under the names that the textbooks of Paxos give them.

import { useMessages } from '../../ui/words.ts'

export function Textbook() {
  const { reading: words } = useMessages()
  return (
    <details className="textbook">
      <summary>{words.textbook}</summary>
      <p className="tertiary">{words.textbookHint}</p>
      <dl>
        {words.steps.map(([name, meaning]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
