// Numbers and strings that look alike but must not be mixed get a brand.

declare const brand: unique symbol

export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
