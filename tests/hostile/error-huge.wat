;; Returns an error whose text has three mebibytes.
;; expect: failed — the text is cut at 4 KiB, or not read at all where it is over
;; `call_bytes`; the outcome stands.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (if (i32.lt_u (memory.size) (i32.const 47)) (then (drop (memory.grow (i32.const 48)))))
      (memory.fill (i32.const 65536) (i32.const 0x21) (i32.const 3000000))
      (i32.store8 (i32.const 256) (i32.const 1))
      (i32.store (i32.const 260) (i32.const 65536))
      (i32.store (i32.const 264) (i32.const 3000000))
      (i32.const 256))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
