(import "wasi:random/random@0.2.12" (instance $random
  (export "get-random-bytes" (func (param "len" u64) (result (list u8))))
  (export "get-random-u64" (func (result u64)))))
(core func $random-bytes
  (canon lower (func $random "get-random-bytes") (memory $memory) (realloc $realloc)))
(core func $random-u64 (canon lower (func $random "get-random-u64")))
