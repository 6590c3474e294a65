;; Lets `realloc` hand out addresses that are not aligned, and at the last byte of its memory.
;; expect: trap — a string does not fit there, aligned or not.
(component
  ;;@types
  (core module $memory-module
    (memory (export "memory") 1)
    (global $calls (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      ;; The first call brings the host's name to `init-host`; from then on it is hostile.
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (if (i32.eq (global.get $calls) (i32.const 1)) (then (return (i32.const 4096))))
      (i32.const 65535)))
  ;;@memory-instance
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
