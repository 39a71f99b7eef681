/** The first free byte behind the kernel's own data: from here on memory belongs to the caller. */
export function heapBase(): usize {
  return (__heap_base + 63) & ~63
}
