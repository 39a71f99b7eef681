/** Elements of the page by their names. They are in `page.html`, so one that is missing is a fault of the code. */
import { assert } from '../../base/assert.ts'

export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  assert(found !== null, `an element named ${id}`)
  return found
}

export function canvasNamed(id: string): HTMLCanvasElement {
  const found = element(id)
  assert(found instanceof HTMLCanvasElement, `a canvas named ${id}`)
  return found
}
