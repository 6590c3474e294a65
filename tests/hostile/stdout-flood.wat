;; Writes to standard output without a line end, and with nothing but line ends.
;; expect: ok — output is log: what is over the allowance is dropped and counted.
(component
  ;;@types
  ;;@memory
  ;;@streams
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "drop-output" (func $drop-output (param i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $n i32) (local $out i32)
      (memory.fill (i32.const 4096) (i32.const 0x0a) (i32.const 8000))
      (local.set $out (call $get-stdout))
      (loop $more
        (call $write (local.get $out) (i32.const 12288) (i32.const 8000) (i32.const 256))
        (call $write (local.get $out) (i32.const 4096) (i32.const 8000) (i32.const 256))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $n) (i32.const 5))))
      (call $drop-output (local.get $out))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "get-stdout" (func $get-stdout))
      (export "write" (func $write))
      (export "drop-output" (func $drop-output))))))
  ;;@lifecycle
)
