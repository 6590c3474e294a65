;; A memory, and a realloc that hands out what lies behind the first page and grows as it must.
(core module $memory-module
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 4096))
  (func (export "realloc") (param $old i32) (param $old-len i32) (param $align i32) (param $len i32)
    (result i32) (local $at i32) (local $end i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
    (local.set $end (i32.add (local.get $at) (local.get $len)))
    (block $fits
      (br_if $fits (i32.le_u (local.get $end) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits (i32.ne (i32.const -1) (memory.grow
        (i32.add (i32.const 1) (i32.shr_u (local.get $len) (i32.const 16))))))
      unreachable)
    (global.set $next (local.get $end))
    (local.get $at)))
;;@memory-instance
