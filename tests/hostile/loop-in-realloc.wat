;; Spins for ever in `realloc`, when the host brings it the run.
;; expect: out-of-fuel — `realloc` is guest code and runs under the guards of the run.
(component
  ;;@types
  (core module $memory-module
    (memory (export "memory") 1)
    (global $calls (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      ;; The first call brings the host's name to `init-host`; from then on it is hostile.
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (if (i32.eq (global.get $calls) (i32.const 1)) (then (return (i32.const 4096))))
      (loop $again (br $again))
      unreachable))
  ;;@memory-instance
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
