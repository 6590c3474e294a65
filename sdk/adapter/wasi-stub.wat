;; An adapter from wasi_snapshot_preview1 to nothing at all, for components made by toolchains whose
;; standard library expects WASI 0.1 (C, C++, Go). It imports no function, so a component encoded
;; with it imports no more than its own code asks for, and its host need not grant it anything.
;;
;; What the library gets to see is a machine without anything: there are no files, no arguments and
;; no environment; what is written to stdout and stderr is accepted and dropped; the clock is a
;; counter that moves by a microsecond for each look at it; sleeping moves it on and returns at once;
;; random numbers are the same sequence in every instance, good for hash seeds and never for secrets;
;; to exit is to trap. Time, randomness and logs that mean something come through the host's own
;; interfaces.
;;
;; Use: wasm-tools component new core.wasm --adapt wasi_snapshot_preview1=wasi-stub.wat -o out.wasm
;;
;; SPDX-License-Identifier: Apache-2.0
(module
  (import "env" "memory" (memory 0))

  ;; Errors of WASI 0.1, from its list: 0 is success, 8 is badf, 70 is spipe.
  (global $clock (mut i64) (i64.const 1000000000))
  (global $seed (mut i64) (i64.const 0x9E3779B97F4A7C15))

  ;; ---- arguments and environment: none ----

  (func $none (param $count i32) (param $size i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $size) (i32.const 0))
    (i32.const 0))
  (func (export "args_sizes_get") (param i32 i32) (result i32)
    (call $none (local.get 0) (local.get 1)))
  (func (export "environ_sizes_get") (param i32 i32) (result i32)
    (call $none (local.get 0) (local.get 1)))
  (func (export "args_get") (param i32 i32) (result i32) (i32.const 0))
  (func (export "environ_get") (param i32 i32) (result i32) (i32.const 0))

  ;; ---- the process ----

  (func (export "sched_yield") (result i32) (i32.const 0))
  (func (export "proc_exit") (param i32) unreachable)

  ;; ---- clocks ----

  (func (export "clock_res_get") (param $id i32) (param $out i32) (result i32)
    (i64.store (local.get $out) (i64.const 1000))
    (i32.const 0))
  (func (export "clock_time_get") (param $id i32) (param $precision i64) (param $out i32) (result i32)
    (global.set $clock (i64.add (global.get $clock) (i64.const 1000)))
    (i64.store (local.get $out) (global.get $clock))
    (i32.const 0))

  ;; Every subscription fires at once. One to a clock (tag 0) moves the clock on, to the time that it
  ;; names if its flags say that it is absolute, else by it. An event repeats the user data and the
  ;; tag, with success.
  (func (export "poll_oneoff")
      (param $in i32) (param $event i32) (param $count i32) (param $out i32) (result i32)
    (local $left i32)
    (local.set $left (local.get $count))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (if (i32.eqz (i32.load8_u offset=8 (local.get $in)))
        (then
          (if (i32.and (i32.load16_u offset=40 (local.get $in)) (i32.const 1))
            (then
              (if (i64.lt_u (global.get $clock) (i64.load offset=24 (local.get $in)))
                (then (global.set $clock (i64.load offset=24 (local.get $in))))))
            (else
              (global.set $clock
                (i64.add (global.get $clock) (i64.load offset=24 (local.get $in))))))))
      (i64.store (local.get $event) (i64.load (local.get $in)))
      (i64.store offset=8 (local.get $event) (i64.const 0))
      (i32.store8 offset=10 (local.get $event) (i32.load8_u offset=8 (local.get $in)))
      (i64.store offset=16 (local.get $event) (i64.const 0))
      (i64.store offset=24 (local.get $event) (i64.const 0))
      (local.set $in (i32.add (local.get $in) (i32.const 48)))
      (local.set $event (i32.add (local.get $event) (i32.const 32)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
    (i32.store (local.get $out) (local.get $count))
    (i32.const 0))

  ;; ---- randomness: xorshift from a fixed seed ----

  (func (export "random_get") (param $to i32) (param $left i32) (result i32)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (global.set $seed
        (i64.xor (global.get $seed) (i64.shl (global.get $seed) (i64.const 13))))
      (global.set $seed
        (i64.xor (global.get $seed) (i64.shr_u (global.get $seed) (i64.const 7))))
      (global.set $seed
        (i64.xor (global.get $seed) (i64.shl (global.get $seed) (i64.const 17))))
      (i64.store8 (local.get $to) (global.get $seed))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
    (i32.const 0))

  ;; ---- files: none but the three standard streams ----

  ;; All bytes of all buffers count as written.
  (func (export "fd_write")
      (param $fd i32) (param $buffer i32) (param $left i32) (param $out i32) (result i32)
    (local $total i32)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (local.set $total
        (i32.add (local.get $total) (i32.load offset=4 (local.get $buffer))))
      (local.set $buffer (i32.add (local.get $buffer) (i32.const 8)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
    (i32.store (local.get $out) (local.get $total))
    (i32.const 0))
  (func (export "fd_read") (param i32 i32 i32) (param $out i32) (result i32)
    (i32.store (local.get $out) (i32.const 0))
    (i32.const 0))
  ;; The standard streams are character devices (2) with all rights; nothing else is open.
  (func (export "fd_fdstat_get") (param $fd i32) (param $out i32) (result i32)
    (if (i32.gt_u (local.get $fd) (i32.const 2))
      (then (return (i32.const 8))))
    (i64.store (local.get $out) (i64.const 2))
    (i64.store offset=8 (local.get $out) (i64.const -1))
    (i64.store offset=16 (local.get $out) (i64.const -1))
    (i32.const 0))
  (func (export "fd_fdstat_set_flags") (param i32 i32) (result i32) (i32.const 8))
  (func (export "fd_close") (param i32) (result i32) (i32.const 8))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 70))
  (func (export "fd_prestat_get") (param i32 i32) (result i32) (i32.const 8))
  (func (export "fd_prestat_dir_name") (param i32 i32 i32) (result i32) (i32.const 8))
)
