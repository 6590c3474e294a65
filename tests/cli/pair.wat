;; Two tasks: `steady` runs on every tick and logs a line, `fails` runs on every other and fails.
(component
  ;;@types
  ;;@memory
  ;;@logging
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "log" (func $log (param i32 i32 i32 i32 i32)))
    (data (i32.const 32) "steadyfails")
    (data (i32.const 48) "\40\00\00\00\02\00\00\00")
    (data (i32.const 64) "\20\00\00\00\06\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
    (data (i32.const 88) "\26\00\00\00\05\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
    (data (i32.const 512) "the disk is full")
    (data (i32.const 544) "all is well")
    (func (export "periodic-tasks") (result i32) (i32.const 48))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (if (i32.eq (local.get 3) (i32.const 5)) (then
        (i32.store8 (i32.const 256) (i32.const 1))
        (i32.store (i32.const 260) (i32.const 512))
        (i32.store (i32.const 264) (i32.const 16))
        (return (i32.const 256))))
      (call $log (i32.const 2) (i32.const 16) (i32.const 0) (i32.const 544) (i32.const 11))
      (i32.const 16))
    ;;@init-host
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "log" (func $log))))))
  ;;@lifecycle
)
