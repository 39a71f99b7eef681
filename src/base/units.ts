/**
 * Times that cannot be mixed up. Both are milliseconds and may have a fraction (down to a
 * microsecond); they differ in their origin, and only one of them may jump.
 */

/** Monotonic milliseconds from an origin of no meaning, or a duration. */
export type Millis = number & { readonly __millis?: never }

/** Wall-clock milliseconds since the Unix epoch, as this machine believes them. May jump either way. */
export type UnixMillis = number & { readonly __unixMillis?: never }
