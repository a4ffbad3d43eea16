// The language a person sees: what they chose, else what their browser prefers.

import { type Language, MESSAGES, type Messages, preferredLanguage } from '../i18n/languages.ts'
import { useRoute } from '../stores/route-store.ts'

// Asked for once: every component asks for its words, and `navigator.languages` makes a list each time.
let preferred = preferredLanguage(navigator.languages)
addEventListener('languagechange', () => {
  preferred = preferredLanguage(navigator.languages)
})

export function useLanguage(): Language {
  const chosen = useRoute((route) => route.language)
  return chosen ?? preferred
}

export function useMessages(): Messages {
  return MESSAGES[useLanguage()]
}
