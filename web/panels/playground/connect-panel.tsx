// How to connect a client of one's own: the addresses, and a few lines in four languages.

import { useViewStore } from '../../stores/view-store.ts'
import { Command, CopyButton } from '../../ui/copy-button.tsx'
import { useMessages } from '../../ui/words.ts'
import { SNIPPET_LANGUAGES, snippets } from '../../viz/playground/snippets.ts'

export function ConnectPanel() {
  const words = useMessages().playground.connect
  const servers = useViewStore((state) => state.about?.connectString ?? '127.0.0.1:2181')
  const texts = snippets(servers)
  return (
    <div className="play-connect">
      <p className="secondary">{words.intro}</p>
      <h2>{words.addresses}</h2>
      <Command text={servers} />
      {SNIPPET_LANGUAGES.map((language) => (
        <section key={language} aria-label={words.languages[language]}>
          <div className="play-head">
            <h2>{words.languages[language]}</h2>
            <CopyButton value={texts[language]} />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className="snippet" tabIndex={0}>
            {texts[language]}
          </pre>
        </section>
      ))}
    </div>
  )
}
