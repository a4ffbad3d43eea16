// What an attached ensemble is asked at most, and how long an answer may take and be. It is somebody's production
// (O-7), and what it says is not trusted (I-8).

/** Of the session; more wait their turn. */
export const SESSION_REQUESTS_PER_SECOND = 200
export const SESSION_REQUESTS_BURST = 400
/** Four-letter words to one server; what is due beyond it is left out, and tried again at the next turn. */
export const WORDS_PER_MINUTE_MAX = 120
export const WORDS_BURST = 6
/** Requests to one server's AdminServer and metrics. */
export const HTTP_PER_MINUTE_MAX = 60
export const HTTP_BURST = 6
/** For an answer, from the dial on. */
export const ANSWER_MS_MAX = 2000
export const ANSWER_BYTES_MAX = 8 * 1024 * 1024
/** Connections of one server that are looked at; the count is exact all the same. */
export const CONNECTIONS_READ_MAX = 20_000
/** Servers that a connect string and /zookeeper/config may name together. */
export const SERVERS_ATTACHED_MAX = 50

/** Its role, zxid and figures: a new leader is to be seen within a second. */
export const STATE_EVERY_MS = 800
export const CONNECTIONS_EVERY_MS = 3000
export const FIGURES_EVERY_MS = 5000
/**
 * What was refused or did not answer is tried again, after waits that double from the first to the last: an AdminServer
 * takes seconds for its first answer, and a whitelist does not change for months.
 */
export const RETRY_FIRST_MS = 5000
export const RETRY_LAST_MS = 60_000
/** Tables of watches are dear: at most so often, and only when somebody looks. */
export const WATCHES_EVERY_MS = 5000
/** A server with more watches than this is not asked for their table. */
export const WATCH_TABLE_MAX = 20_000
/** Requests that wait in a server from which on it is asked less, and how much less. */
export const BUSY_OUTSTANDING = 500
export const BUSY_FACTOR = 4
/** The wait for ids before servers are shown. */
export const IDS_MS_MAX = 4000
