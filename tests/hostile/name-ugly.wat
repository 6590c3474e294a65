;; Traps in a function whose name holds escapes of a terminal, line ends and a bidi override.
;; expect: trap — the backtrace is one harmless line.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func $f (@name "\1b[2J\0d\0a\e2\80\ae\07evil") unreachable)
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $f)
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
