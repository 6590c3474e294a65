;; Opens ten more buckets in each run.
;; expect: ok — handles live as long as the instance; below their limit they are its affair.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $n i32)
      (loop $more
        (call $open (i32.const 16) (i32.const 0) (i32.const 256))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $n) (i32.const 10))))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "open" (func $open))))))
  ;;@lifecycle
)
