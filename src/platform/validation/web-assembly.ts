/**
 * As much of the WebAssembly JavaScript Interface as is used here. The types of Node.js leave it to those of browsers,
 * which would bring a whole browser with them.
 */

/** Compiled code, of which any number of instances can be made. */
export type WasmModule = object

interface WasmInterface {
  readonly Module: new (binary: Uint8Array) => WasmModule
  readonly Instance: new (module: WasmModule) => { readonly exports: object }
}

declare const WebAssembly: WasmInterface

/** Compiles a binary. Throws if it is none, or uses what this engine does not have. */
export function compileWasm(binary: Uint8Array): WasmModule {
  return new WebAssembly.Module(binary)
}

/** The exports of a new instance, with a memory of its own. */
export function instantiateWasm(module: WasmModule): object {
  return new WebAssembly.Instance(module).exports
}
