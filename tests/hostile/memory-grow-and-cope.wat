;; Grows its memory until it is refused, writes to each page of it, and goes on.
;; expect: ok — a denied growth alone ends nobody.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $at i32)
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (loop $touch
        (local.set $at (i32.add (local.get $at) (i32.const 65536)))
        (if (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))
          (then (i32.store8 (local.get $at) (i32.const 1)) (br $touch))))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
