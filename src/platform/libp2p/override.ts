/**
 * A part of libp2p with some of its methods replaced: how what is handed to another part is fenced in, without
 * a class that repeats all that stays as it is.
 */
export function override<Part extends object>(part: Part, replaced: Partial<Part>): Part {
  return new Proxy(part, {
    get: (from, name) => {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name)
      const own: unknown = Reflect.get(from, name, from)
      return typeof own === 'function' ? own.bind(from) : own
    },
  })
}
