;; A memory of two pages, and a realloc that hands out its second page each time anew.
(core module $memory-module
  (memory (export "memory") 2)
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536)))
;;@memory-instance
