// The language a person sees: what they chose, else what their browser prefers.

import type { Language } from '../stores/route.ts'
import { useRoute } from '../stores/route-store.ts'
import { MESSAGES, type Messages, preferredLanguage } from './languages.ts'

export function useLanguage(): Language {
  const chosen = useRoute((route) => route.language)
  return chosen ?? preferredLanguage(navigator.languages)
}

export function useMessages(): Messages {
  return MESSAGES[useLanguage()]
}
