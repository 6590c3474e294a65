(import "wasi:io/poll@0.2.12" (instance $poll
  (export "pollable" (type $pollable (sub resource)))
  (export "[method]pollable.block" (func (param "self" (borrow $pollable))))
  (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
(alias export $poll "pollable" (type $pollable))
(core func $block (canon lower (func $poll "[method]pollable.block")))
(core func $poll-all (canon lower (func $poll "poll") (memory $memory) (realloc $realloc)))
(core func $drop-pollable (canon resource.drop $pollable))
