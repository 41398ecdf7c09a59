# shellcheck shell=bash
# Builds programs that need no Swift to run. Sourced by tools/install.

# build_programs SCRATCH PROGRAM...: into SCRATCH/complete with everything in them, and into
# SCRATCH/stripped as they are installed.
build_programs() {
  local scratch=$1
  shift
  local options=(-c release --scratch-path "$scratch" --static-swift-stdlib)
  local product
  # With `serve` and `manual`.
  local -x CAIRN_ALL=1

  # These print their help and completions.
  mkdir -p "$scratch/complete" "$scratch/stripped" "$scratch/archives"
  for product in "$@" manual; do
    swift build "${options[@]}" --product "$product" --quiet || fail "$product could not be built"
    cp "$scratch/release/$product" "$scratch/complete/"
  done

  # In this folder the linker finds no shared library of C++.
  ln -sf "$(gcc -print-file-name=libstdc++.a)" "$scratch/archives/"
  local module
  for module in FoundationEssentials _StringProcessing; do
    swiftc -O -wmo -parse-as-library -module-name "$module" \
      -Xfrontend -disable-implicit-string-processing-module-import \
      -c "tools/packaging/${module#_}.swift" -o "$scratch/$module.o" ||
      fail "the stand-in for $module could not be built"
  done
  # The same objects again, after the stand-ins, and without symbols for other libraries.
  for product in "$@"; do
    swiftc -static-stdlib -use-ld=lld -o "$scratch/stripped/$product" \
      "$scratch/FoundationEssentials.o" "$scratch/_StringProcessing.o" \
      "@$scratch/release/$product.product/Objects.LinkFileList" \
      "-L$scratch/archives" -lm -Xlinker --defsym -Xlinker "main=${product}_main" \
      -Xlinker --no-eh-frame-hdr -Xlinker -Ttools/packaging/discard.ld \
      -Xlinker --gc-sections -Xlinker --no-export-dynamic -Xlinker --icf=safe -Xlinker -s ||
      fail "$product could not be linked"
  done
  # This one is C, and needs nothing of Swift.
  "$(dirname "$(readlink -f "$(command -v swiftc)")")/clang" -O2 -Xlinker -s \
    Sources/Dispatcher/main.c -o "$scratch/stripped/cairn" || fail "cairn could not be built"
}
