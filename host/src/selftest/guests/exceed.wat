;; The guest of the self-test: each of its tasks, run by hand, exceeds the one limit after which it is
;; named. `exceed.wasm` is this text in binary; a test holds the two together.
(component
  ;; The shapes of the contract, by their type-only import.
  (import "tourbillon:manager/types@0.1.0" (instance $types
    (type $task-shape (record
      (field "name" string) (field "ticks-between-runs" u32)
      (field "run-immediately" bool) (field "summary" string)))
    (export "task" (type (eq $task-shape)))
    (type $run-shape (record
      (field "id" string) (field "task" string) (field "tick" u64) (field "scheduled-at-ms" u64)))
    (export "run" (type (eq $run-shape)))
    (type $error-shape (record (field "message" string) (field "ticks-to-skip" (option u32))))
    (export "task-error" (type (eq $error-shape)))))
  (alias export $types "task" (type $task))
  (alias export $types "run" (type $run))
  (alias export $types "task-error" (type $task-error))
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
  (core instance $mem (instantiate $memory-module))
  (alias core export $mem "memory" (core memory $memory))
  (alias core export $mem "realloc" (core func $realloc))
  (import "wasi:logging/logging@0.1.0-draft" (instance $logging
    (type $level-shape (enum "trace" "debug" "info" "warn" "error" "critical"))
    (export "level" (type $level (eq $level-shape)))
    (export "log" (func (param "level" $level) (param "context" string) (param "message" string)))))
  (core func $log (canon lower (func $logging "log") (memory $memory)))
  (import "wasi:keyvalue/store@0.2.0-draft" (instance $keyvalue
    (export "bucket" (type $bucket (sub resource)))
    (type $error-shape (variant (case "no-such-store") (case "access-denied") (case "other" string)))
    (export "error" (type $error (eq $error-shape)))
    (export "open" (func (param "identifier" string) (result (result (own $bucket) (error $error)))))
    (export "[method]bucket.get" (func (param "self" (borrow $bucket)) (param "key" string)
      (result (result (option (list u8)) (error $error)))))
    (export "[method]bucket.set" (func (param "self" (borrow $bucket)) (param "key" string)
      (param "value" (list u8)) (result (result (error $error)))))))
  (alias export $keyvalue "bucket" (type $bucket))
  (alias export $keyvalue "error" (type $kv-error))
  (core func $open (canon lower (func $keyvalue "open") (memory $memory) (realloc $realloc)))
  (core func $set (canon lower (func $keyvalue "[method]bucket.set") (memory $memory) (realloc $realloc)))
  (core func $drop-bucket (canon resource.drop $bucket))
  (import "wasi:io/poll@0.2.12" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $pollable))))
    (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
  (alias export $poll "pollable" (type $pollable))
  (core func $block (canon lower (func $poll "[method]pollable.block")))

  (import "wasi:clocks/monotonic-clock@0.2.12" (instance $clock
    (alias outer 1 $pollable (type $pollable-named))
    (export "pollable" (type $pollable (eq $pollable-named)))
    (export "now" (func (result u64)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
  (core func $now (canon lower (func $clock "now")))
  (core func $subscribe (canon lower (func $clock "subscribe-duration")))
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "log" (func $log (param i32 i32 i32 i32 i32)))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (import "host" "drop-bucket" (func $drop-bucket (param i32)))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "now" (func $subscribe-now (result i64)))
    (import "host" "block" (func $block (param i32)))
    (table $t 1 funcref)
    ;; Names and tasks. Each is due once in four billion ticks: they are run by hand. Address 16
    ;; stays zero: `ok(none)`, an empty string, an empty list.
    (data (i32.const 40) "\00\08\00\00\10\00\00\00")
    (data (i32.const 1024) "a-fuelb-timeoutc-host-callsd-call-bytese-run-bytesf-log-linesg-log-bytesh-memoryi-table-elementsj-handlesk-store-keysl-store-bytesm-store-key-bytesn-store-value-byteso-waitp-nothing")
    (data (i32.const 2048)
        "\00\04\00\00\06\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\06\04\00\00\09\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\0f\04\00\00\0c\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\1b\04\00\00\0c\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\27\04\00\00\0b\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\32\04\00\00\0b\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\3d\04\00\00\0b\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\48\04\00\00\08\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\50\04\00\00\10\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\60\04\00\00\09\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\69\04\00\00\0c\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\75\04\00\00\0d\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\82\04\00\00\11\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\93\04\00\00\13\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\a6\04\00\00\06\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00"
        "\ac\04\00\00\09\00\00\00\ff\ff\ff\ff\00\00\00\00\00\04\00\00\06\00\00\00")
    (func (export "init-host") (param i32 i32) (result i32) (i32.const 16))
    (func (export "periodic-tasks") (result i32) (i32.const 40))
    (func (export "service-version") (result i32) (i32.const 16))
    (func (export "service-config") (result i32) (i32.const 16))
    ;; Logs so many lines of so many bytes.
    (func $say (param $lines i32) (param $bytes i32)
      (loop $more
        (call $log (i32.const 0) (i32.const 16) (i32.const 0) (i32.const 8192) (local.get $bytes))
        (local.set $lines (i32.sub (local.get $lines) (i32.const 1)))
        (br_if $more (local.get $lines))))
    ;; Writes pairs whose keys and values have so many bytes, until it is told an error; after a
    ;; hundred pairs it traps, for then nobody keeps to the quota.
    (func $keep (param $key i32) (param $value i32) (local $n i32) (local $bucket i32)
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (local.set $bucket (i32.load (i32.const 260)))
      (loop $more
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (if (i32.gt_u (local.get $n) (i32.const 100)) (then (unreachable)))
        (i32.store8 (i32.const 8192) (i32.add (i32.const 20) (local.get $n)))
        (call $set (local.get $bucket) (i32.const 8192) (local.get $key) (i32.const 12288)
          (local.get $value) (i32.const 512))
        (br_if $more (i32.eqz (i32.load8_u (i32.const 512)))))
      (call $drop-bucket (local.get $bucket))
      ;; What it was told is its own error, so that whoever asked can read it.
      (i32.store8 (i32.const 768) (i32.const 1))
      (i32.store (i32.const 772) (i32.load (i32.const 520)))
      (i32.store (i32.const 776) (i32.load (i32.const 524))))
    ;; Does what the first letter of the task's name says.
    (func (export "run-periodic-task") (param i32 i32) (param $task i32) (param i32 i64 i64)
      (result i32)
      (i32.store (i32.const 768) (i32.const 0))
      (i32.store (i32.const 780) (i32.const 0))
      (block $p (block $o (block $n (block $m (block $l (block $k (block $j (block $i (block $h (block $g (block $f (block $e (block $d (block $c (block $b (block $a 
        (br_table $a $b $c $d $e $f $g $h $i $j $k $l $m $n $o $p (i32.sub (i32.load8_u (local.get $task)) (i32.const 97))))
      ;; a-fuel
      (loop $again (br $again))
      (return (i32.const 16)))
      ;; b-timeout
      (call $block (call $subscribe (i64.const -1)))
      (return (i32.const 16)))
      ;; c-host-calls
      (loop $again (drop (call $subscribe-now)) (br $again))
      (return (i32.const 16)))
      ;; d-call-bytes
      (call $log (i32.const 0) (i32.const 16) (i32.const 0) (i32.const 8192) (i32.const 50000))
      (return (i32.const 16)))
      ;; e-run-bytes
      (loop $again
        (call $log (i32.const 0) (i32.const 16) (i32.const 0) (i32.const 8192) (i32.const 50000))
        (br $again))
      (return (i32.const 16)))
      ;; f-log-lines
      (call $say (i32.const 50) (i32.const 10))
      (return (i32.const 16)))
      ;; g-log-bytes
      (call $say (i32.const 2) (i32.const 1000))
      (return (i32.const 16)))
      ;; h-memory
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (unreachable)
      (return (i32.const 16)))
      ;; i-table-elements
      (loop $more
        (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1))))
      (unreachable)
      (return (i32.const 16)))
      ;; j-handles
      (loop $again (drop (call $subscribe (i64.const -1))) (br $again))
      (return (i32.const 16)))
      ;; k-store-keys
      (call $keep (i32.const 4) (i32.const 1))
      (return (i32.const 768)))
      ;; l-store-bytes
      (call $keep (i32.const 4) (i32.const 4000))
      (return (i32.const 768)))
      ;; m-store-key-bytes
      (call $keep (i32.const 4000) (i32.const 1))
      (return (i32.const 768)))
      ;; n-store-value-bytes
      (call $keep (i32.const 4) (i32.const 50000))
      (return (i32.const 768)))
      ;; o-wait
      (call $block (call $subscribe (i64.const 50000000)))
      (return (i32.const 16)))
      ;; p-nothing
      (nop)
      (return (i32.const 16))
      (i32.const 768))
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "log" (func $log)) (export "open" (func $open)) (export "set" (func $set))
      (export "drop-bucket" (func $drop-bucket)) (export "subscribe" (func $subscribe))
      (export "now" (func $now)) (export "block" (func $block))))))
  ;; What every manager exports, lifted from the core instance `$guest`.
  (func $init-host (param "host" string) (result (result (error string)))
    (canon lift (core func $guest "init-host") (memory $memory) (realloc $realloc)))
  (func $periodic-tasks (result (list $task))
    (canon lift (core func $guest "periodic-tasks") (memory $memory) (realloc $realloc)))
  (func $run-periodic-task (param "run" $run) (result (result (option u32) (error $task-error)))
    (canon lift (core func $guest "run-periodic-task") (memory $memory) (realloc $realloc)))
  (func $service-version (result string)
    (canon lift (core func $guest "service-version") (memory $memory) (realloc $realloc)))
  (func $service-config (result (list (tuple string string)))
    (canon lift (core func $guest "service-config") (memory $memory) (realloc $realloc)))
  (instance $lifecycle
    (export "task" (type $task)) (export "run" (type $run)) (export "task-error" (type $task-error))
    (export "init-host" (func $init-host))
    (export "periodic-tasks" (func $periodic-tasks))
    (export "run-periodic-task" (func $run-periodic-task))
    (export "service-version" (func $service-version))
    (export "service-config" (func $service-config)))
  (export "tourbillon:manager/lifecycle@0.1.0" (instance $lifecycle))
)
