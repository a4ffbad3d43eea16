// The language a person sees: what they chose, else what their browser prefers.

import { type Language, MESSAGES, type Messages, preferredLanguage } from '../i18n/languages.ts'
import { useRoute } from '../stores/route-store.ts'

export function useLanguage(): Language {
  const chosen = useRoute((route) => route.language)
  return chosen ?? preferredLanguage(navigator.languages)
}

export function useMessages(): Messages {
  return MESSAGES[useLanguage()]
}
