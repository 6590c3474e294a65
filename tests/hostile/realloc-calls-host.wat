;; Calls the host from `realloc`, when the host brings it the run.
;; expect: trap — a component can not leave while the host writes to it.
(component
  ;;@types
  (import "wasi:clocks/monotonic-clock@0.2.12" (instance $clock (export "now" (func (result u64)))))
  (core func $now (canon lower (func $clock "now")))
  (core module $memory-module
    (import "host" "now" (func $now (result i64)))
    (memory (export "memory") 1)
    (global $calls (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (if (i32.eq (global.get $calls) (i32.const 1)) (then (return (i32.const 4096))))
      (i32.wrap_i64 (call $now))))
  (core instance $mem (instantiate $memory-module
    (with "host" (instance (export "now" (func $now))))))
  (alias core export $mem "memory" (core memory $memory))
  (alias core export $mem "realloc" (core func $realloc))
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
