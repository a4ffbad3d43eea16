// Whether a text is a distinguished name, as ids of the ACL scheme `x509` must be: what Java's X500Principal
// takes. Measured at Java 17; the cases are in the test. Writing a certificate's name is the host's business.

/** The words that Java knows; any other type must be a number. */
const KEYWORDS = new Set(
  (
    'CN C L S ST O OU T IP STREET DC DNQUALIFIER DNQ SURNAME GIVENNAME INITIALS GENERATION EMAIL EMAILADDRESS UID ' +
    'SERIALNUMBER'
  ).split(' '),
)

/** A type, then `=` and the beginning of a value. */
const TYPE = /\s*(?:OID\.)?([^\s=,;+"\\]+)\s*=\s*/iy
/** In hexadecimal, in quotes, or as it is with specials escaped. */
const HEX = /#((?:[0-9a-f]{2})+)\s*/iy
const QUOTED = /"(?:[^"\\]|\\(?:[,=+<>#;"\\ ]|[0-9a-f]{2}))*"\s*/iy
const PLAIN = /(?:[^,;+<>"\\]|\\(?:[,=+<>#;"\\ ]|[0-9a-f]{2}))*/iy

/** True for `CN=ann,OU=ops+L=here` and for the empty name. */
export function isDistinguishedName(text: string): boolean {
  if (text.trim() === '') return true
  for (let at = 0; ; at += 1) {
    const type = matchAt(TYPE, text, at)
    if (type === null || !isType(type[1] ?? '')) return false
    at += type[0].length
    const value = matchValue(text, at)
    if (value === null) return false
    at += value
    if (at === text.length) return true
    if (!',;+'.includes(text[at] ?? '')) return false
  }
}

function isType(word: string): boolean {
  if (KEYWORDS.has(word.toUpperCase())) return true
  const [first = '', second = ''] = /^\d+(\.\d+)+$/.test(word) ? word.split('.') : []
  return first !== '' && Number(first) <= 2 && (Number(first) === 2 || Number(second) < 40)
}

/** How many characters the value takes, or null. */
function matchValue(text: string, at: number): number | null {
  if (text[at] === '#') {
    const hex = matchAt(HEX, text, at)
    return hex !== null && isDer(hex[1] ?? '') ? hex[0].length : null
  }
  const match = matchAt(text[at] === '"' ? QUOTED : PLAIN, text, at)
  return match === null ? null : match[0].length
}

/** One item: a tag, a short length, and as many bytes. */
function isDer(hex: string): boolean {
  return hex.length >= 4 && Number.parseInt(hex.slice(2, 4), 16) === hex.length / 2 - 2
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
