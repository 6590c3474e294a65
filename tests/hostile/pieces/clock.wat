;;@poll
(import "wasi:clocks/monotonic-clock@0.2.12" (instance $clock
  (alias outer 1 $pollable (type $pollable-named))
  (export "pollable" (type $pollable (eq $pollable-named)))
  (export "now" (func (result u64)))
  (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
(core func $now (canon lower (func $clock "now")))
(core func $subscribe (canon lower (func $clock "subscribe-duration")))
