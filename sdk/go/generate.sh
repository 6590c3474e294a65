#!/bin/sh
# Writes internal/bindings and internal/wit anew from a directory that wit-bindgen's Go generator
# filled. Needed only when wit/ changes; its result is committed, so that no user needs the tool.
#
#   wit-bindgen go --world manager --pkg-name tourbillon/internal/bindings --out-dir OUT wit
#   ./generate.sh OUT PKG      PKG: the directory `src/pkg` of the crate wit-bindgen-go 0.63.0
#
# Kept are the interfaces that the SDK calls. The runtime is kept whole but for what only other
# adapters, or asynchronous interfaces, need; wit-runtime.patch says what and why.
set -eu
out=$1 pkg=$2
cd "$(dirname "$0")"
rm -rf internal/bindings internal/wit
mkdir -p internal/bindings/imports internal/bindings/exports internal/wit/runtime internal/wit/types
for name in tourbillon_manager_context tourbillon_manager_types wasi_config_store \
  wasi_keyvalue_atomics wasi_keyvalue_store wasi_logging_logging; do
  cp -r "$out/imports/$name" internal/bindings/imports/
done
cp -r "$out/exports/wit_exports" internal/bindings/exports/
cp "$pkg/LICENSE" internal/wit/LICENSE
cp "$pkg/wit/runtime/runtime.go" internal/wit/runtime/
cp "$pkg/wit/types/option.go" "$pkg/wit/types/result.go" "$pkg/wit/types/tuple.go" \
  "$pkg/wit/types/unit.go" internal/wit/types/
find internal -name '*.go' -exec sed -i 's,go\.bytecodealliance\.org/pkg/wit,tourbillon/internal/wit,' {} +
sed -i 's,"tourbillon/internal/bindings/exports/export_tourbillon_manager_lifecycle",export_tourbillon_manager_lifecycle "tourbillon/internal/lifecycle",' \
  internal/bindings/exports/wit_exports/wit_exports.go
patch -p1 <wit-runtime.patch
gofmt -w internal/bindings internal/wit
